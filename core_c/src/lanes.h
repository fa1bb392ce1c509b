/* SPDX-License-Identifier: BSD-2-Clause
 * Four floats that the compiler keeps in one register. Said outright (a language extension of gcc and clang), because not
 * every compiler finds it in a loop; each lane computes what a lone float would, so no bit depends on it.
 */
#ifndef PERCEPNET_LANES_H
#define PERCEPNET_LANES_H

#include <string.h>

typedef float Lanes __attribute__((vector_size(16)));

static inline Lanes lanes_load(const float *x)
{
    Lanes lanes;
    memcpy(&lanes, x, sizeof lanes);
    return lanes;
}

static inline void lanes_store(float *x, Lanes lanes) { memcpy(x, &lanes, sizeof lanes); }

static inline Lanes lanes_all(float x) { return (Lanes){x, x, x, x}; }

#endif
