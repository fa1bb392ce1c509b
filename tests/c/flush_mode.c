/* SPDX-License-Identifier: BSD-2-Clause
 * Makes this thread's processor treat denormals as zero, as some engines do on their audio thread, or keep them.
 */
#if defined(__SSE2__)
#include <immintrin.h>

void set_flush_to_zero(int on) { _mm_setcsr((_mm_getcsr() & ~0x8040u) | (on ? 0x8040u : 0)); }

#elif defined(__aarch64__)
#include <stdint.h>

void set_flush_to_zero(int on)
{
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    control = on ? control | UINT64_C(1) << 24 : control & ~(UINT64_C(1) << 24);
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
}

#else
#error "say here how this processor flushes denormals to zero"
#endif
