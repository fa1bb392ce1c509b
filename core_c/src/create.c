/* SPDX-License-Identifier: BSD-2-Clause
 * The only file that uses the heap; WebAssembly modules and embedded systems leave it out.
 */
#include <stdlib.h>

#include "model.h"
#include "state.h"

/* 16-byte aligned on every platform whose malloc serves max_align_t; size rounded up as C11 asks. */
static void *allocate(size_t size) { return aligned_alloc(16, (size + 15) / 16 * 16); }

int percepnet_model_create(PercepNetModel **model, const void *blob, size_t size)
{
    if (!model)
        return PERCEPNET_BAD_ARG;
    *model = allocate(percepnet_model_get_size());
    if (!*model)
        return PERCEPNET_ALLOC_FAIL;
    const int error = percepnet_model_init(*model, blob, size);
    if (error) {
        percepnet_model_destroy(*model);
        *model = NULL;
    }
    return error;
}

void percepnet_model_destroy(PercepNetModel *model) { free(model); }

int percepnet_create(PercepNetState **state, const PercepNetModel *model, const PercepNetConfig *config)
{
    if (!state)
        return PERCEPNET_BAD_ARG;
    *state = NULL;
    if (!model)
        return PERCEPNET_BAD_ARG;
    PercepNetState *st = allocate(percepnet_get_size(model));
    if (!st)
        return PERCEPNET_ALLOC_FAIL;
    const int error = percepnet_init(st, model, config);
    if (error) {
        free(st);
        return error;
    }
    *state = st;
    return PERCEPNET_OK;
}

void percepnet_destroy(PercepNetState *state) { free(state); }
