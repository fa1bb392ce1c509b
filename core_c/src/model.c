/* SPDX-License-Identifier: BSD-2-Clause
 * Every length is checked before it is used: whatever the bytes, the result is a usable model or BAD_MODEL.
 */
#include "model.h"

#include <string.h>

#include "constants.h"
#include "gemv_int8.h"

enum { HEADER_SIZE = 64, TENSOR_SIZE = 48, NAME_SIZE = 24, CHECKED_FROM = 20, ALIGNMENT = 64 };
enum { TYPE_F32 = 0, TYPE_I8 = 1, TYPE_I32 = 2, TYPE_U16 = 3 };

typedef struct Reader {
    const unsigned char *blob;
    size_t size;
    uint32_t tensors;
    int ok; /* becomes 0 at the first thing that does not fit, and stays so */
} Reader;

static uint32_t read_u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

enum { CRC_SLICES = 8 };

/* table[k][i]: the remainder of byte i with k zero bytes behind it. */
static void make_crc_tables(uint32_t table[CRC_SLICES][256])
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
        table[0][i] = c;
    }
    for (int k = 1; k < CRC_SLICES; k++)
        for (int i = 0; i < 256; i++)
            table[k][i] = table[0][table[k - 1][i] & 255] ^ (table[k - 1][i] >> 8);
}

/* CRC-32 as in zlib; eight bytes at a time, as a model has millions and a stream may have to wait for them. */
static uint32_t crc32(const unsigned char *p, size_t n)
{
    uint32_t table[CRC_SLICES][256], crc = 0xffffffffu;
    make_crc_tables(table);
    for (; n >= CRC_SLICES; n -= CRC_SLICES, p += CRC_SLICES) {
        const uint32_t a = crc ^ read_u32(p), b = read_u32(p + 4);
        crc = table[7][a & 255] ^ table[6][a >> 8 & 255] ^ table[5][a >> 16 & 255] ^ table[4][a >> 24] ^
              table[3][b & 255] ^ table[2][b >> 8 & 255] ^ table[1][b >> 16 & 255] ^ table[0][b >> 24];
    }
    for (; n > 0; n--, p++)
        crc = table[0][(crc ^ *p) & 255] ^ (crc >> 8);
    return ~crc;
}

/* The fields behind the name in a row of the table. */
static const unsigned char *fields_of(const Reader *r, uint32_t row)
{
    return r->blob + HEADER_SIZE + (size_t)row * TENSOR_SIZE + NAME_SIZE;
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

void percepnet_model_turn(void *blob, size_t size)
{
    Reader r = {blob, size, 0, 1};
    unsigned char *bytes = blob;
    if (!find_table(&r))
        return;
    for (uint32_t i = 0; i < r.tensors; i++) {
        const unsigned char *field = fields_of(&r, i);
        if (read_u32(field) == TYPE_I8)
            percepnet_gemv_int8_turn((int8_t *)bytes + read_u32(field + 12), read_u32(field + 16));
    }
    bytes[0] ^= 'P' ^ 'p';
}
#else
static int is_turned(const Reader *r) { return (void)r, 0; }
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

static PercepNetDense read_dense(Reader *r, const char *layer, int rows, int columns)
{
    PercepNetDense dense = {rows, columns, NULL, NULL};
    dense.weight = find_floats(r, layer, NULL, "weight", rows, columns);
    dense.bias = find_floats(r, layer, NULL, "bias", rows, 1);
    return dense;
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

static PercepNetInt8 read_int8(Reader *r, const char *layer, const char *product, int rows, int columns)
{
    PercepNetInt8 int8 = {.rows = rows, .columns = columns};
    char name[NAME_SIZE];
    size_t kept;
    join_name(name, layer, product, "blocks");
    int8.blocks = find_blocks(r, name, rows, columns, &kept);
    int8.num_weights = (int)kept * PERCEPNET_ROW_BLOCK * PERCEPNET_COLUMN_BLOCK;
    join_name(name, layer, product, "weight");
    int8.weight = int8.blocks ? find(r, name, TYPE_I8, kept * PERCEPNET_ROW_BLOCK, PERCEPNET_COLUMN_BLOCK)
                              : find(r, name, TYPE_I8, (size_t)rows, columns);
    join_name(name, layer, product, "offset");
    int8.offset = find(r, name, TYPE_I32, (size_t)rows, 1);
    int8.scale = find_floats(r, layer, product, "scale", rows, 1);
    int8.bias = find_floats(r, layer, product, "bias", rows, 1);
    if (r->ok && ((int8.blocks && !blocks_hold(&int8, kept)) || !offsets_hold(&int8)))
        r->ok = 0;
    return int8;
}

static PercepNetGru read_gru(Reader *r, const char *layer, int units, int inputs)
{
    PercepNetGru gru;
    gru.input = read_int8(r, layer, "input", 3 * units, inputs);
    gru.recurrent = read_int8(r, layer, "recurrent", 3 * units, units);
    return gru;
}

/* Is n a layer size this build can run? Blocks of 8 rows, and scratch memory for MAX_WIDTH. */
static int is_size(uint32_t n) { return n >= 8 && n <= PERCEPNET_MAX_WIDTH && n % PERCEPNET_ROW_BLOCK == 0; }

/* The header: identity, length, checksum, shape. Fills E, W, R. */
static int read_header(Reader *r, PercepNetModel *model)
{
    const unsigned char *b = r->blob;
    if (r->size < HEADER_SIZE || memcmp(b, "PERCEPNT", 8) != 0 || read_u32(b + 8) != PERCEPNET_MODEL_VERSION ||
        read_u32(b + 12) != r->size || read_u32(b + 16) != crc32(b + CHECKED_FROM, r->size - CHECKED_FROM) ||
        !find_table(r))
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

size_t percepnet_model_get_size(void) { return sizeof(PercepNetModel); }

int percepnet_model_init(PercepNetModel *model, const void *blob, size_t size)
{
    Reader r = {blob, size, 0, 1};
    if (!model || !blob || (uintptr_t)blob % 16 != 0)
        return PERCEPNET_BAD_ARG;
    if (is_turned(&r))
        percepnet_model_turn((void *)blob, size);
    if (!read_header(&r, model))
        return PERCEPNET_BAD_MODEL;
    percepnet_model_turn((void *)blob, size);
    const int E = model->embedding, W = model->width, R = model->strength_width;
    model->dense = read_dense(&r, "dense", E, PERCEPNET_NUM_FEATURES);
    model->conv1 = read_int8(&r, "conv1", NULL, W, PERCEPNET_CONV1_TAPS * E);
    model->conv2 = read_int8(&r, "conv2", NULL, W, PERCEPNET_CONV2_TAPS * W);
    model->gru1 = read_gru(&r, "gru1", W, W);
    model->gru2 = read_gru(&r, "gru2", W, W);
    model->gru3 = read_gru(&r, "gru3", W, W);
    model->gru_g = read_gru(&r, "gru_g", W, W);
    model->gru_r = read_gru(&r, "gru_r", R, 2 * W);
    model->gain = read_dense(&r, "gain", PERCEPNET_NUM_BANDS, 5 * W);
    model->strength = read_dense(&r, "strength", PERCEPNET_NUM_BANDS, R);
    if (r.ok)
        return PERCEPNET_OK;
    percepnet_model_turn((void *)blob, size);
    return PERCEPNET_BAD_MODEL;
}
