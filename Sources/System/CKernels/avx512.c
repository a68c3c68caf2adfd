/* The clone for processors with AVX-512 F, BW, DQ and VL. */
#include "clones.h"

#if defined(__x86_64__)

#include <immintrin.h>

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

#endif
