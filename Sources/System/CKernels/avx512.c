/* The clone for processors with AVX-512 F, BW, DQ and VL. */
#include "clones.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define CLONE(name) ck_##name##_avx512
#define CLONE_TARGET                                                                                 \
    __attribute__((target(                                                                           \
        "avx2,bmi,bmi2,lzcnt,popcnt,pclmul,avx512f,avx512bw,avx512dq,avx512vl")))

#define CLONE_INLINE CLONE_TARGET static inline __attribute__((always_inline))

struct block {
    __m512i bytes;
};

CLONE_INLINE struct block splat(uint8_t byte) {
    return (struct block){_mm512_set1_epi8((char)byte)};
}

CLONE_INLINE struct block load_block(const uint8_t *bytes) {
    return (struct block){_mm512_loadu_si512(bytes)};
}

CLONE_INLINE uint64_t high_mask(struct block block) {
    return _mm512_movepi8_mask(block.bytes);
}

CLONE_INLINE uint64_t equal_mask(struct block left, struct block right) {
    return _mm512_cmpeq_epi8_mask(left.bytes, right.bytes);
}

CLONE_INLINE uint64_t prefix_xor(uint64_t bits) {
    __m128i product = _mm_clmulepi64_si128(
        _mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Compresses the indices of each 16 bits, without a branch on how many are set. */
CLONE_INLINE uint32_t *write_positions(
    uint32_t *output, uint64_t mask, uint32_t position) {
    __m512i indices = _mm512_add_epi32(
        _mm512_set1_epi32((int)position),
        _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    for (int part = 0; part < 4; part++) {
        __mmask16 bits = (__mmask16)(mask >> 16 * part);
        _mm512_storeu_si512(output, _mm512_maskz_compress_epi32(bits, indices));
        output += __builtin_popcount(bits);
        indices = _mm512_add_epi32(indices, _mm512_set1_epi32(16));
    }
    return output;
}

#include "scan.h"

#define LANES 8

CLONE_INLINE __m512i join(const int64_t *words) {
    return _mm512_setr_epi64(
        words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
}

CLONE_INLINE __m512i shift_left(__m512i words, __m512i counts) {
    return _mm512_sllv_epi64(words, counts);
}

CLONE_INLINE __m512i multiply_add_bytes(__m512i bytes, __m512i weights) {
    return _mm512_maddubs_epi16(bytes, weights);
}

CLONE_INLINE __m512i multiply_add_words(__m512i words, __m512i weights) {
    return _mm512_madd_epi16(words, weights);
}

CLONE_INLINE __m512i multiply_low(__m512i left, __m512i right) {
    return _mm512_mul_epu32(left, right);
}

CLONE_INLINE __m512i byte_sums(__m512i words) {
    return _mm512_sad_epu8(words, _mm512_setzero_si512());
}

CLONE_INLINE __m512i look_up(const int64_t *table, __m512i indices) {
    return _mm512_permutexvar_epi64(indices, _mm512_loadu_si512(table));
}

CLONE_INLINE unsigned sign_mask(__m512i words) { return _mm512_movepi64_mask(words); }

CLONE_INLINE uint32_t *append_rows(uint32_t *output, size_t row, unsigned mask) {
    __m256i rows = _mm256_add_epi32(
        _mm256_set1_epi32((int)row), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
    _mm256_storeu_si256(
        (__m256i *)output, _mm256_maskz_compress_epi32((__mmask8)mask, rows));
    return output + __builtin_popcount(mask);
}

#include "columns.h"

#endif
