/* SPDX-License-Identifier: BSD-2-Clause
 * What this machine can do, beside what the int8 product does: ./roofline LIBRARY prints JSON. LIBRARY: the testing library.
 * Built where it runs by roofline.py. Every rate is the best of ROUNDS short rounds, so that other programs disturb little.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 25, CHAIN = 1000, TURNS = 200, ACCUMULATORS = 12 };

typedef void product(int kernel, int32_t *out, const int8_t *weights, const uint8_t *u, const int32_t *offset, int rows,
                     int columns);
typedef uint64_t wide __attribute__((vector_size(64), aligned(64)));

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds of the fastest round of TURNS calls, per call. */
static double best_seconds(void (*work)(void *), void *argument, int turns)
{
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = seconds();
        for (int turn = 0; turn < turns; turn++) work(argument);
        const double time = (seconds() - start) / turns;
        if (time < best) best = time;
    }
    return best;
}

/* A chain of CHAIN additions, each of which waits for the one before: one cycle each. */
static void add_chain(void *unused)
{
    uint64_t sum = 1, step = 3;
    (void)unused;
    for (int i = 0; i < CHAIN / 10; i++) {
#if defined(__x86_64__)
        __asm__ volatile("add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n"
                         "add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n add %1, %0\n"
                         : "+r"(sum) : "r"(step) : "cc");
#elif defined(__aarch64__)
        __asm__ volatile("add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n"
                         "add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n add %0, %0, %1\n"
                         : "+r"(sum) : "r"(step));
#else
#error "roofline.c knows x86-64 and AArch64"
#endif
    }
}

typedef struct {
    int kernel, rows, columns;
    int8_t *weights;
    uint8_t *u;
    int32_t *offset, *out;
    product *function;
} Job;

static void *room(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    if (!memory) abort();
    memset(memory, 1, (size + 63) / 64 * 64);
    return memory;
}

static void multiply(void *job)
{
    const Job *j = job;
    j->function(j->kernel, j->out, j->weights, j->u, j->offset, j->rows, j->columns);
}

/* Reads the weights and does nothing else. */
static void read_weights(void *job)
{
    const Job *j = job;
    const wide *from = (const wide *)j->weights, *end = from + (size_t)j->rows * (size_t)j->columns / sizeof *from;
    wide a = {0}, b = {0}, c = {0}, d = {0};
    for (; from < end; from += 4) {
        a += from[0];
        b += from[1];
        c += from[2];
        d += from[3];
    }
    a += b + c + d;
    __asm__ volatile("" : : "r"(&a) : "memory");
}

static void measure_product(product *function, int kernel, int rows, int columns, const char *end)
{
    Job job = {.kernel = kernel, .rows = rows, .columns = columns, .function = function};
    const size_t bytes = (size_t)rows * (size_t)columns;
    const int turns = (int)((16 << 20) / bytes) + 1;
    job.weights = room(bytes);
    job.u = room((size_t)columns);
    job.offset = room(4 * (size_t)rows);
    job.out = room(4 * (size_t)rows);
    const double read = best_seconds(read_weights, &job, turns);
    const double product_time = best_seconds(multiply, &job, turns);
    printf("{\"bytes\": %zu, \"read_s\": %.9g, \"product_s\": %.9g}%s", bytes, read, product_time, end);
    free(job.weights);
    free(job.u);
    free(job.offset);
    free(job.out);
}

/* Every kernel that this processor can run, behind the definition, which is not meant to be fast. */
static void measure_kernels(product *function, int kernels, const char *(*name)(int))
{
    const char *before = "";
    for (int kernel = 2; kernel < kernels; kernel++) {
        if (!name(kernel)) continue;
        printf("%s    {\"variant\": \"%s\", \"products\": [", before, name(kernel));
        measure_product(function, kernel, 64, 256, ", ");
        measure_product(function, kernel, 512, 512, ", ");
        measure_product(function, kernel, 4096, 2048, "]}");
        before = ",\n";
    }
    printf("\n");
}

#if defined(__x86_64__)
#define TWELVE(FORM) FORM(0) FORM(1) FORM(2) FORM(3) FORM(4) FORM(5) FORM(6) FORM(7) FORM(8) FORM(9) FORM(10) FORM(11)
#define SSE(n, i) n " %%xmm15, %%xmm" #i "\n"
#define AVX(n, r, i) n " %%" r "15, %%" r "14, %%" r #i "\n"
#define CLOBBERED "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11"
#define PEAK(function, FORM)                                        \
    static void function(void *unused)                              \
    {                                                               \
        (void)unused;                                               \
        for (int i = 0; i < CHAIN; i++) __asm__ volatile(TWELVE(FORM) : : : CLOBBERED); \
    }
#define PMADDWD(i) SSE("pmaddwd", i)
#define PMADDUBSW(i) SSE("pmaddubsw", i)
#define VPMADDUBSW_YMM(i) AVX("vpmaddubsw", "ymm", i)
#define VPDPBUSD_XMM(i) AVX("%{vex%} vpdpbusd", "xmm", i)
#define VPDPBUSD_YMM(i) AVX("%{vex%} vpdpbusd", "ymm", i)
#define EVPDPBUSD_XMM(i) AVX("%{evex%} vpdpbusd", "xmm", i)
#define EVPDPBUSD_YMM(i) AVX("%{evex%} vpdpbusd", "ymm", i)
#define EVPDPBUSD_ZMM(i) AVX("vpdpbusd", "zmm", i)
PEAK(pmaddwd, PMADDWD)
PEAK(pmaddubsw, PMADDUBSW)
PEAK(vpmaddubsw_ymm, VPMADDUBSW_YMM)
PEAK(vpdpbusd_xmm, VPDPBUSD_XMM)
PEAK(vpdpbusd_ymm, VPDPBUSD_YMM)
PEAK(evpdpbusd_xmm, EVPDPBUSD_XMM)
PEAK(evpdpbusd_ymm, EVPDPBUSD_YMM)
PEAK(evpdpbusd_zmm, EVPDPBUSD_ZMM)

static void measure_peak(const char *name, void (*work)(void *), int supported, int products, const char *end)
{
    if (!supported) return;
    const double time = best_seconds(work, NULL, TURNS) / (CHAIN * ACCUMULATORS);
    __asm__ volatile("vzeroupper");
    printf("    {\"instruction\": \"%s\", \"products_per_s\": %.9g}%s\n", name, products / time, end);
}

static void measure_peaks(void)
{
    const int avx2 = __builtin_cpu_supports("avx2"), vex = __builtin_cpu_supports("avxvnni");
    const int evex = __builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512vl");
    measure_peak("vpmaddubsw ymm", vpmaddubsw_ymm, avx2, 32, ",");
    measure_peak("vpdpbusd xmm", vex ? vpdpbusd_xmm : evpdpbusd_xmm, vex || evex, 16, ",");
    measure_peak("vpdpbusd ymm", vex ? vpdpbusd_ymm : evpdpbusd_ymm, vex || evex, 32, ",");
    measure_peak("vpdpbusd zmm", evpdpbusd_zmm, __builtin_cpu_supports("avx512vnni"), 64, ",");
    measure_peak("pmaddubsw xmm", pmaddubsw, __builtin_cpu_supports("ssse3"), 16, ",");
    measure_peak("pmaddwd xmm", pmaddwd, 1, 8, "");
}
#else
static void measure_peaks(void) {}
#endif

int main(int count, char **arguments)
{
    void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    if (!library) {
        fprintf(stderr, "usage: roofline LIBRARY (%s)\n", count == 2 ? dlerror() : "no library given");
        return 2;
    }
    product *function = (product *)dlsym(library, "percepnet_testing_gemv_int8");
    int (*kernels)(void) = (int (*)(void))dlsym(library, "percepnet_testing_gemv_int8_count");
    const char *(*name)(int) = (const char *(*)(int))dlsym(library, "percepnet_testing_gemv_int8_name");
    if (!function || !kernels || !name) {
        fprintf(stderr, "error: %s is of another version: run `percepnet build --native`\n", arguments[1]);
        return 2;
    }
    printf("{\n  \"variant\": \"%s\",\n  \"cycles_per_s\": %.9g,\n  \"kernels\": [\n", name(0),
           CHAIN / best_seconds(add_chain, NULL, TURNS));
    measure_kernels(function, kernels(), name);
    printf("  ],\n  \"peaks\": [\n");
    measure_peaks();
    printf("  ]\n}\n");
    return 0;
}
