/* SPDX-License-Identifier: BSD-2-Clause
 * Which instructions a kernel file may use: those of every processor the build is for, or those that the processor at
 * hand turns out to have. The questions keep no state; what they read is gathered before main().
 */
#ifndef PERCEPNET_PROCESSOR_H
#define PERCEPNET_PROCESSOR_H

#if defined(__x86_64__) && defined(__GNUC__) /* clang says so too */
#define PERCEPNET_X86 1                      /* with SSE2 */
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define PERCEPNET_NEON 1
#endif

#if defined(PERCEPNET_X86)
static inline int percepnet_has_avx2(void) { return !!__builtin_cpu_supports("avx2"); }

static inline int percepnet_has_avx512vnni(void)
{
    return __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512f");
}

#if (defined(__clang__) && __clang_major__ >= 19) || (!defined(__clang__) && __GNUC__ >= 12)
#define PERCEPNET_AVXVNNI 1 /* older compilers do not know how to ask for it */
static inline int percepnet_has_avxvnni(void)
{
    return __builtin_cpu_supports("avxvnni") && __builtin_cpu_supports("avx2");
}
#endif
#endif

#if defined(PERCEPNET_NEON)
#if defined(__ARM_FEATURE_DOTPROD)
#define PERCEPNET_DOTPROD
static inline int percepnet_has_dotprod(void) { return 1; }
#elif defined(__linux__) && (!defined(__clang__) || __clang_major__ >= 17)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#define PERCEPNET_DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
static inline int percepnet_has_dotprod(void) { return !!(getauxval(AT_HWCAP) & HWCAP_ASIMDDP); }
#endif
#endif

#endif
