/* SPDX-License-Identifier: BSD-2-Clause
 * Every length is checked before it is used: whatever the bytes, the result is a usable model or BAD_MODEL.
 */
#include "model.h"

#include <string.h>

#include "constants.h"
#include "crc32.h"
#include "gemv_int8.h"
#include "little_endian.h"

enum { HEADER_SIZE = 64, TENSOR_SIZE = 48, NAME_SIZE = 24, CHECKED_FROM = 20, ALIGNMENT = 64 };
enum { TYPE_F32 = 0, TYPE_I8 = 1, TYPE_I32 = 2, TYPE_U16 = 3 };

typedef PercepNetModelReader Reader;

/* The fields behind the name in a row of the table. */
static const unsigned char *fields_of(const Reader *r, size_t row)
{
    return r->blob + HEADER_SIZE + row * TENSOR_SIZE + NAME_SIZE;
}

/* Finds the table. Do the tensors lie behind it, each behind the one before, so that no two share a byte? */
static int find_table(Reader *r)
{
    r->tensors = r->size < HEADER_SIZE ? 0 : read_u32(r->blob + 20);
    if (r->size < HEADER_SIZE || r->tensors > (r->size - HEADER_SIZE) / TENSOR_SIZE)
        return 0;
    size_t end = HEADER_SIZE + (size_t)r->tensors * TENSOR_SIZE;
    for (uint32_t i = 0; i < r->tensors; i++) {
        const unsigned char *field = fields_of(r, i);
        const size_t offset = read_u32(field + 12), bytes = read_u32(field + 16);
        if (offset < end || offset > r->size || bytes > r->size - offset)
            return 0;
        end = offset + bytes;
    }
    return 1;
}

#if defined(PERCEPNET_TURNED_WEIGHTS) /* gemv_int8.h; whether they are, the first letter says */
static int is_turned(const Reader *r) { return r->size > 0 && r->blob[0] == 'p'; }

/* Turns the next tensor of the table; 1 = there was none left, and the letter has changed. */
static int turn_tensor(Reader *r)
{
    unsigned char *bytes = (unsigned char *)r->blob;
    if (r->at == r->tensors) {
        bytes[0] ^= 'P' ^ 'p';
        return 1;
    }
    const unsigned char *field = fields_of(r, r->at++);
    if (read_u32(field) == TYPE_I8) {
        percepnet_gemv_int8_turn((int8_t *)bytes + read_u32(field + 12), read_u32(field + 16));
        r->work += read_u32(field + 16);
    }
    return 0;
}

void percepnet_model_turn(void *blob, size_t size)
{
    Reader r = {.blob = blob, .size = size};
    if (!find_table(&r))
        return;
    while (!turn_tensor(&r))
        continue;
}
#else
static int is_turned(const Reader *r) { return (void)r, 0; }
static int turn_tensor(Reader *r) { return (void)r, 1; }
void percepnet_model_turn(void *blob, size_t size) { (void)blob, (void)size; }
#endif

/* "layer.part" of the layer's optional product ("input", "recurrent"); buffer of NAME_SIZE, zero filled. */
static void join_name(char name[NAME_SIZE], const char *layer, const char *product, const char *part)
{
    const char *pieces[] = {layer, product, part};
    size_t at = 0;
    memset(name, 0, NAME_SIZE);
    for (int i = 0; i < 3; i++) {
        if (!pieces[i])
            continue;
        if (at > 0)
            name[at++] = '.';
        for (const char *c = pieces[i]; *c && at < NAME_SIZE - 1; c++)
            name[at++] = *c;
    }
}

/* The fields of the table's first row of that name, or NULL. */
static const unsigned char *find_entry(const Reader *r, const char *name)
{
    for (uint32_t i = 0; i < r->tensors; i++)
        if (memcmp(fields_of(r, i) - NAME_SIZE, name, NAME_SIZE) == 0)
            return fields_of(r, i);
    return NULL;
}

/* The data of the tensor of that name, type and shape, or NULL with r->ok = 0. */
static const void *find(Reader *r, const char *name, uint32_t type, size_t rows, int columns)
{
    const size_t width = type == TYPE_I8 ? 1 : type == TYPE_U16 ? 2 : 4, bytes = rows * (size_t)columns * width;
    const unsigned char *field = find_entry(r, name);
    const size_t offset = field ? read_u32(field + 12) : 0;
    if (!field || read_u32(field) != type || read_u32(field + 4) != rows || read_u32(field + 8) != (uint32_t)columns ||
        read_u32(field + 16) != bytes || offset % ALIGNMENT != 0 || offset > r->size || bytes > r->size - offset) {
        r->ok = 0;
        return NULL;
    }
    r->work += bytes;
    return r->blob + offset;
}

/* The same for float32, all of it finite. */
static const float *find_floats(Reader *r, const char *layer, const char *product, const char *part, int rows, int columns)
{
    char name[NAME_SIZE];
    join_name(name, layer, product, part);
    const float *values = find(r, name, TYPE_F32, (size_t)rows, columns);
    for (size_t i = 0; values && i < (size_t)rows * (size_t)columns; i++)
        if (values[i] - values[i] != 0.0f)
            r->ok = 0;
    return values;
}

static void read_dense(Reader *r, PercepNetDense *dense, const char *layer, int rows, int columns)
{
    dense->rows = rows;
    dense->columns = columns;
    dense->weight = find_floats(r, layer, NULL, "weight", rows, columns);
    dense->bias = find_floats(r, layer, NULL, "bias", rows, 1);
}

/* The positions of a sparse layer's blocks (gemv_int8_sparse.h), or NULL for a layer that has them all. Fills `kept`. */
static const uint16_t *find_blocks(Reader *r, const char *name, int rows, int columns, size_t *kept)
{
    const size_t row_blocks = (size_t)rows / PERCEPNET_ROW_BLOCK, most = (size_t)columns / PERCEPNET_COLUMN_BLOCK;
    const unsigned char *field = find_entry(r, name);
    *kept = row_blocks * most;
    if (!field)
        return NULL;
    const size_t listed = read_u32(field + 4);
    if (listed < row_blocks || listed > row_blocks + *kept) {
        r->ok = 0;
        return NULL;
    }
    *kept = listed - row_blocks;
    return find(r, name, TYPE_U16, listed, 1);
}

/* Do the counts add up to the blocks there are, and do each row block's columns rise, all of them inside the matrix? */
static int blocks_hold(const PercepNetInt8 *layer, size_t kept)
{
    const int row_blocks = layer->rows / PERCEPNET_ROW_BLOCK;
    const uint16_t *column = layer->blocks + row_blocks;
    for (int i = 0; i < row_blocks; i++) {
        const size_t count = layer->blocks[i];
        int least = 0;
        if (count > kept)
            return 0;
        for (size_t k = 0; k < count; k++, column++) {
            if (*column < least || *column >= layer->columns || *column % PERCEPNET_COLUMN_BLOCK != 0)
                return 0;
            least = *column + 1;
        }
        kept -= count;
    }
    return kept == 0;
}

/* Does every row's offset equal -ACTIVATION_ZERO times its sum of weights? Stored, so that a model needs no memory. */
static int offsets_hold(const PercepNetInt8 *layer)
{
    _Alignas(16) uint8_t u[PERCEPNET_MAX_INPUTS];
    _Alignas(16) int32_t none[3 * PERCEPNET_MAX_WIDTH] = {0}, sum[3 * PERCEPNET_MAX_WIDTH];
    PercepNetInt8 bare = *layer;
    bare.offset = none;
    memset(u, PERCEPNET_ACTIVATION_ZERO, (size_t)layer->columns);
    percepnet_int8_sums(sum, &bare, u);
    for (int row = 0; row < layer->rows; row++)
        if (layer->offset[row] != -sum[row])
            return 0;
    return 1;
}

static void read_int8(Reader *r, PercepNetInt8 *int8, const char *layer, const char *product, int rows, int columns)
{
    char name[NAME_SIZE];
    size_t kept;
    int8->rows = rows;
    int8->columns = columns;
    join_name(name, layer, product, "blocks");
    int8->blocks = find_blocks(r, name, rows, columns, &kept);
    int8->num_weights = (int)kept * PERCEPNET_ROW_BLOCK * PERCEPNET_COLUMN_BLOCK;
    join_name(name, layer, product, "weight");
    int8->weight = int8->blocks ? find(r, name, TYPE_I8, kept * PERCEPNET_ROW_BLOCK, PERCEPNET_COLUMN_BLOCK)
                                : find(r, name, TYPE_I8, (size_t)rows, columns);
    join_name(name, layer, product, "offset");
    int8->offset = find(r, name, TYPE_I32, (size_t)rows, 1);
    int8->scale = find_floats(r, layer, product, "scale", rows, 1);
    int8->bias = find_floats(r, layer, product, "bias", rows, 1);
    if (r->ok && ((int8->blocks && !blocks_hold(int8, kept)) || !offsets_hold(int8)))
        r->ok = 0;
}

/* Is n a layer size this build can run? Blocks of 8 rows, and scratch memory for MAX_WIDTH. */
static int is_size(uint32_t n) { return n >= 8 && n <= PERCEPNET_MAX_WIDTH && n % PERCEPNET_ROW_BLOCK == 0; }

/* The header: identity, length, checksum, shape. Fills E, W, R. */
static int read_header(PercepNetModel *model)
{
    Reader *r = &model->reader;
    const unsigned char *b = r->blob;
    if (r->size < HEADER_SIZE || memcmp(b, "PERCEPNT", 8) != 0 || read_u32(b + 8) != PERCEPNET_MODEL_VERSION ||
        read_u32(b + 12) != r->size || read_u32(b + 16) != r->crc || !find_table(r))
        return 0;
    const uint32_t E = read_u32(b + 32), W = read_u32(b + 36), R = read_u32(b + 40);
    const uint32_t card_at = read_u32(b + 44), card_size = read_u32(b + 48);
    if (read_u32(b + 24) != PERCEPNET_NUM_FEATURES || read_u32(b + 28) != PERCEPNET_NUM_BANDS || !is_size(E) ||
        !is_size(W) || !is_size(R) || card_at > r->size || card_size > r->size - card_at)
        return 0;
    model->embedding = (int)E;
    model->width = (int)W;
    model->strength_width = (int)R;
    return 1;
}

enum { NUM_PRODUCTS = 15 };

static void read_product(PercepNetModel *model, size_t product)
{
    Reader *r = &model->reader;
    const int E = model->embedding, W = model->width, R = model->strength_width;
    switch (product) {
    case 0: read_dense(r, &model->dense, "dense", E, PERCEPNET_NUM_FEATURES); break;
    case 1: read_int8(r, &model->conv1, "conv1", NULL, W, PERCEPNET_CONV1_TAPS * E); break;
    case 2: read_int8(r, &model->conv2, "conv2", NULL, W, PERCEPNET_CONV2_TAPS * W); break;
    case 3: read_int8(r, &model->gru1.input, "gru1", "input", 3 * W, W); break;
    case 4: read_int8(r, &model->gru1.recurrent, "gru1", "recurrent", 3 * W, W); break;
    case 5: read_int8(r, &model->gru2.input, "gru2", "input", 3 * W, W); break;
    case 6: read_int8(r, &model->gru2.recurrent, "gru2", "recurrent", 3 * W, W); break;
    case 7: read_int8(r, &model->gru3.input, "gru3", "input", 3 * W, W); break;
    case 8: read_int8(r, &model->gru3.recurrent, "gru3", "recurrent", 3 * W, W); break;
    case 9: read_int8(r, &model->gru_g.input, "gru_g", "input", 3 * W, W); break;
    case 10: read_int8(r, &model->gru_g.recurrent, "gru_g", "recurrent", 3 * W, W); break;
    case 11: read_int8(r, &model->gru_r.input, "gru_r", "input", 3 * R, 2 * W); break;
    case 12: read_int8(r, &model->gru_r.recurrent, "gru_r", "recurrent", 3 * R, R); break;
    case 13: read_dense(r, &model->gain, "gain", PERCEPNET_NUM_BANDS, 5 * W); break;
    case 14: read_dense(r, &model->strength, "strength", PERCEPNET_NUM_BANDS, R); break;
    }
}

/* What reading a model goes through, in this order; a file that is not turned begins with CHECK. */
enum { TURN_BACK, CHECK, TURN, READ, WHOLE, REFUSED };

static void enter(Reader *r, int phase)
{
    r->phase = phase;
    r->at = phase != CHECK ? 0 : r->size < CHECKED_FROM ? r->size : CHECKED_FROM;
}

/* The checksum of the next bytes, at most so many; 1 = of all. */
static int check_bytes(Reader *r, size_t most)
{
    const size_t left = r->size - r->at, n = left < most ? left : most;
    r->crc = percepnet_crc32(r->crc, r->blob + r->at, n);
    r->at += n;
    r->work += n;
    return r->at == r->size;
}

/* A tensor, a product, or at most so many bytes of the checksum. */
static void step(PercepNetModel *model, size_t most)
{
    Reader *r = &model->reader;
    if (r->phase == TURN_BACK) {
        if (turn_tensor(r))
            enter(r, CHECK);
    } else if (r->phase == CHECK) {
        if (check_bytes(r, most))
            enter(r, read_header(model) ? TURN : REFUSED);
    } else if (r->phase == TURN) {
        if (turn_tensor(r))
            enter(r, READ);
    } else {
        read_product(model, r->at++);
        if (!r->ok)
            percepnet_model_turn((void *)r->blob, r->size);
        if (!r->ok || r->at == NUM_PRODUCTS)
            enter(r, r->ok ? WHOLE : REFUSED);
    }
}

size_t percepnet_model_get_size(void) { return sizeof(PercepNetModel); }
int percepnet_model_is_whole(const PercepNetModel *model) { return model->reader.phase == WHOLE; }

int percepnet_model_begin(PercepNetModel *model, const void *blob, size_t size)
{
    if (!model || !blob || (uintptr_t)blob % 16 != 0)
        return PERCEPNET_BAD_ARG;
    memset(model, 0, sizeof *model);
    model->reader = (Reader){.blob = blob, .size = size, .ok = 1};
    enter(&model->reader, is_turned(&model->reader) && find_table(&model->reader) ? TURN_BACK : CHECK);
    return PERCEPNET_OK;
}

int percepnet_model_advance(PercepNetModel *model, size_t bytes)
{
    if (!model || bytes == 0)
        return PERCEPNET_BAD_ARG;
    Reader *r = &model->reader;
    while (r->phase < WHOLE && r->work < bytes)
        step(model, bytes - r->work);
    r->work = 0;
    return r->phase == WHOLE ? PERCEPNET_OK : r->phase == REFUSED ? PERCEPNET_BAD_MODEL : PERCEPNET_MORE;
}

int percepnet_model_init(PercepNetModel *model, const void *blob, size_t size)
{
    const int error = percepnet_model_begin(model, blob, size);
    return error ? error : percepnet_model_advance(model, SIZE_MAX);
}
