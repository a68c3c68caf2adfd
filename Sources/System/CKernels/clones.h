/* The clones' functions; see scan.h. */
#pragma once

#include "include/CKernels.h"

#define CK_DECLARE_CLONE(suffix)                                                                     \
    int ck_separators_##suffix(                                                                      \
        const uint8_t *bytes, size_t start, size_t count, ck_csv_format format,                      \
        uint32_t *positions, ck_csv_index *index);                                                   \
    int ck_record_end_##suffix(                                                                      \
        const uint8_t *bytes, size_t count, ck_csv_format format, size_t *end);                      \
    size_t ck_newlines_##suffix(                                                                     \
        const uint8_t *bytes, size_t count, uint32_t *positions, int *has_non_ascii);

#define CK_DECLARE_READERS(suffix)                                                                   \
    size_t ck_read_integers_##suffix(                                                                \
        ck_fields fields, int64_t lowest, int64_t highest, int64_t *values, uint32_t *pending);      \
    size_t ck_read_doubles_##suffix(ck_fields fields, double *values, uint32_t *pending);            \
    size_t ck_read_decimals_##suffix(                                                                \
        ck_fields fields, int scale, uint64_t limit, int64_t *values, uint32_t *pending);            \
    size_t ck_read_timestamps_##suffix(                                                              \
        ck_fields fields, size_t *next_row, ck_day day, int precision, int64_t *values,              \
        uint32_t *pending);

CK_DECLARE_CLONE(portable)
#if defined(__x86_64__)
CK_DECLARE_CLONE(avx2)
CK_DECLARE_CLONE(avx512)
CK_DECLARE_READERS(avx2)
CK_DECLARE_READERS(avx512)
#endif

/* Writes position + index for each set bit of `mask`, eight at a time, so that the number of bits steers
 * few branches; what is written too much is overwritten by the next block. */
#define CK_WRITE_POSITIONS(output, mask, position)                                                   \
    do {                                                                                             \
        int bits = __builtin_popcountll(mask);                                                       \
        for (int done = 0; done < bits; done += 8) {                                                 \
            _Pragma("unroll") for (int index = 0; index < 8; index++) {                              \
                output[done + index] = position + (uint32_t)__builtin_ctzll(mask | 1ULL << 63);      \
                mask &= mask - 1;                                                                    \
            }                                                                                        \
        }                                                                                            \
        output += bits;                                                                              \
    } while (0)
