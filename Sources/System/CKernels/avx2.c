/* The clone for processors with AVX2, BMI2 and carry-less multiplication. */
#include "clones.h"
#include "set_bit_indices.h"

#if defined(__x86_64__)

#include <immintrin.h>
#include <string.h>

#define CLONE(name) ck_##name##_avx2
#define CLONE_TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt,pclmul")))

#define CLONE_INLINE CLONE_TARGET static inline __attribute__((always_inline))

struct block {
    __m256i low, high;
};

CLONE_INLINE struct block splat(uint8_t byte) {
    __m256i part = _mm256_set1_epi8((char)byte);
    return (struct block){part, part};
}

CLONE_INLINE struct block load_block(const uint8_t *bytes) {
    return (struct block){
        _mm256_loadu_si256((const __m256i *)bytes),
        _mm256_loadu_si256((const __m256i *)(bytes + 32)),
    };
}

CLONE_INLINE uint64_t high_mask(struct block block) {
    return (uint64_t)(uint32_t)_mm256_movemask_epi8(block.low)
        | (uint64_t)(uint32_t)_mm256_movemask_epi8(block.high) << 32;
}

CLONE_INLINE uint64_t equal_mask(struct block left, struct block right) {
    return high_mask((struct block){
        _mm256_cmpeq_epi8(left.low, right.low),
        _mm256_cmpeq_epi8(left.high, right.high),
    });
}

CLONE_INLINE uint64_t prefix_xor(uint64_t bits) {
    __m128i product = _mm_clmulepi64_si128(
        _mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Looks the indices of each eight bits up, without a branch on how many are set. */
CLONE_INLINE uint32_t *write_positions(uint32_t *output, uint64_t mask, uint32_t position) {
    for (int part = 0; part < 8; part++) {
        unsigned bits = mask >> 8 * part & 0xFF;
        __m256i indices = _mm256_cvtepu8_epi32(
            _mm_loadl_epi64((const __m128i *)(set_bit_indices + bits)));
        __m256i base = _mm256_set1_epi32((int)(position + 8 * (uint32_t)part));
        _mm256_storeu_si256((__m256i *)output, _mm256_add_epi32(indices, base));
        output += __builtin_popcount(bits);
    }
    return output;
}

#include "scan.h"

#define LANES 4

CLONE_INLINE __m256i join(const int64_t *words) {
    return _mm256_setr_epi64x(words[0], words[1], words[2], words[3]);
}

CLONE_INLINE __m256i shift_left(__m256i words, __m256i counts) {
    return _mm256_sllv_epi64(words, counts);
}

CLONE_INLINE __m256i multiply_add_bytes(__m256i bytes, __m256i weights) {
    return _mm256_maddubs_epi16(bytes, weights);
}

CLONE_INLINE __m256i multiply_add_words(__m256i words, __m256i weights) {
    return _mm256_madd_epi16(words, weights);
}

CLONE_INLINE __m256i multiply_low(__m256i left, __m256i right) {
    return _mm256_mul_epu32(left, right);
}

CLONE_INLINE __m256i byte_sums(__m256i words) {
    return _mm256_sad_epu8(words, _mm256_setzero_si256());
}

CLONE_INLINE __m256i look_up(const int64_t *table, __m256i indices) {
    return _mm256_setr_epi64x(
        table[_mm256_extract_epi64(indices, 0)], table[_mm256_extract_epi64(indices, 1)],
        table[_mm256_extract_epi64(indices, 2)], table[_mm256_extract_epi64(indices, 3)]);
}

CLONE_INLINE unsigned sign_mask(__m256i words) {
    return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(words));
}

CLONE_INLINE uint32_t *append_rows(uint32_t *output, size_t row, unsigned mask) {
    __m256i indices = _mm256_cvtepu8_epi32(
        _mm_loadl_epi64((const __m128i *)(set_bit_indices + mask)));
    _mm256_storeu_si256(
        (__m256i *)output, _mm256_add_epi32(indices, _mm256_set1_epi32((int)row)));
    return output + __builtin_popcount(mask);
}

#include "columns.h"

#endif
