/* The body of one clone of the field readers: LANES rows at a time, in vectors of 64-bit lanes.
 * Included once per instruction set by a file that has defined, beside what scan.h asks for,
 *
 *   LANES                            lanes of a vector
 *   join(words)                      a vector of LANES words in memory
 *   shift_left(words, counts)        zero for counts of 64 and more, negative ones too
 *   multiply_add_bytes, multiply_add_words   neighbours times weights, added to twice the width
 *   multiply_low(a, b)               product of the lanes' lower halves
 *   byte_sums(words)                 sum of each lane's bytes
 *   look_up(table, indices)          table[index], for indices 0 to 7
 *   sign_mask(lanes)                 a bit a lane
 *   append_rows(output, row, mask)   writes row + index of each set bit; may write LANES elements too many
 */

typedef int64_t lanes __attribute__((vector_size(8 * LANES)));
typedef double double_lanes __attribute__((vector_size(8 * LANES)));

CLONE_INLINE lanes all(int64_t value) { return value - (lanes){}; }

/* Where the fields of the next rows begin, and how long they are; a missing field has a negative count.
 *
 * Words are loaded one by one: where gather instructions are slowed down against data sampling, one takes
 * longer than all of a reader's other work. */
struct CLONE(places) {
    const uint8_t *starts[LANES];
    lanes count;
};

CLONE_INLINE struct CLONE(places) load_places(ck_fields fields, size_t row) {
    struct CLONE(places) places;
    int64_t counts[LANES];
    const uint32_t *slots = fields.slots + row * fields.stride;
    _Pragma("unroll") for (int lane = 0; lane < LANES; lane++) {
        int64_t start = (uint32_t)(slots[0] + 1), end = slots[1];
        places.starts[lane] = fields.bytes + start;
        if (fields.trims_carriage_return && end > start) end -= fields.bytes[end - 1] == '\r';
        counts[lane] = end - start;
        slots += fields.stride;
    }
    places.count = join(counts);
    return places;
}

/* The words at `offset` in each field. */
CLONE_INLINE lanes load_words(const struct CLONE(places) *places, size_t offset) {
    int64_t words[LANES];
    _Pragma("unroll") for (int lane = 0; lane < LANES; lane++)
        memcpy(words + lane, places->starts[lane] + offset, sizeof *words);
    return join(words);
}

/* Not 0 where a byte is not 0 to 9. */
CLONE_INLINE lanes wrong_digits(lanes digits) {
    return ((digits + all(0x7676767676767676)) | digits) & all((int64_t)0x8080808080808080);
}

/* The number that eight digits write, the first in the lowest byte. */
CLONE_INLINE lanes number(lanes digits) {
    lanes pairs = multiply_add_bytes(digits, all(0x010A010A010A010A));
    lanes fours = multiply_add_words(pairs, all(0x0001006400010064));
    return multiply_low(fours, all(10000)) + (fours >> 32);
}

/* The first `count` bytes of text as digit values behind zeros. */
CLONE_INLINE lanes digits_of(lanes text, lanes count) {
    return shift_left(text ^ all(0x3030303030303030), all(64) - (count << 3));
}

/* A sign and up to eight bytes behind it. */
struct CLONE(signed_text) {
    lanes is_negative, text, count, is_short;
};

CLONE_INLINE struct CLONE(signed_text) load_signed(ck_fields fields, size_t row) {
    struct CLONE(places) places = load_places(fields, row);
    lanes text = load_words(&places, 0);
    lanes is_negative = (text & all(0xFF)) == all('-');
    /* The eighth byte behind a sign was not loaded. */
    lanes is_short = (places.count > all(0)) & (places.count <= all(8));
    text = (is_negative & (text >> 8 & all(0x00FFFFFFFFFFFFFF))) | (~is_negative & text);
    return (struct CLONE(signed_text)){is_negative, text, places.count + is_negative, is_short};
}

CLONE_INLINE lanes with_sign(lanes magnitude, lanes is_negative) {
    return (magnitude ^ is_negative) - is_negative;
}

CLONE_TARGET size_t CLONE(read_integers)(
    ck_fields fields, int64_t lowest, int64_t highest, int64_t *values, uint32_t *pending) {
    uint32_t *output = pending;
    size_t row = 0;
    for (; row + LANES <= fields.count; row += LANES) {
        struct CLONE(signed_text) read = load_signed(fields, row);
        lanes digits = digits_of(read.text, read.count);
        lanes value = with_sign(number(digits), read.is_negative);
        lanes is_read = read.is_short & (read.count > all(0)) & (wrong_digits(digits) == all(0))
            & (value >= all(lowest)) & (value <= all(highest));
        memcpy(values + row, &value, sizeof value);
        output = append_rows(output, row, sign_mask(~is_read));
    }
    for (; row < fields.count; row++) *output++ = (uint32_t)row;
    return (size_t)(output - pending);
}

/* Digits with at most one point among them. */
struct CLONE(fixed_point) {
    lanes magnitude, fraction_count, is_negative, is_read;
};

CLONE_INLINE struct CLONE(fixed_point) load_fixed_point(ck_fields fields, size_t row) {
    struct CLONE(signed_text) read = load_signed(fields, row);
    lanes ones = all(0x0101010101010101);
    lanes other = read.text ^ all(0x2E2E2E2E2E2E2E2E);
    lanes found = (other - ones) & ~other & all((int64_t)0x8080808080808080);
    /* All bits of the bytes before the first point; all there are where there is none. */
    lanes before = (((found & -found) >> 7) & all(0x01FFFFFFFFFFFFFF)) - 1;
    lanes point = byte_sums(before & ones);
    lanes has_point = point < read.count;
    lanes joined = (read.text & before) | ((read.text >> 8) & all(0x00FFFFFFFFFFFFFF) & ~before);
    lanes digit_count = read.count + has_point;
    lanes digits = digits_of(joined, digit_count);
    return (struct CLONE(fixed_point)){
        number(digits),
        has_point & (read.count - 1 - point),
        read.is_negative,
        read.is_short & (digit_count > all(0)) & (wrong_digits(digits) == all(0)),
    };
}

CLONE_TARGET size_t CLONE(read_doubles)(ck_fields fields, double *values, uint32_t *pending) {
    static const double powers[8] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    uint32_t *output = pending;
    size_t row = 0;
    for (; row + LANES <= fields.count; row += LANES) {
        struct CLONE(fixed_point) read = load_fixed_point(fields, row);
        /* An integer below 2^52 as the significand of 2^52, from which that is taken away. */
        double_lanes magnitude = (double_lanes)(read.magnitude | all(0x4330000000000000))
            - (double_lanes)all(0x4330000000000000);
        double_lanes power =
            (double_lanes)look_up((const int64_t *)powers, read.fraction_count & all(7));
        lanes value = (lanes)(magnitude / power) ^ (read.is_negative & all(INT64_MIN));
        memcpy(values + row, &value, sizeof value);
        output = append_rows(output, row, sign_mask(~read.is_read));
    }
    for (; row < fields.count; row++) *output++ = (uint32_t)row;
    return (size_t)(output - pending);
}

CLONE_TARGET size_t CLONE(read_decimals)(
    ck_fields fields, int scale, uint64_t limit, int64_t *values, uint32_t *pending) {
    static const int64_t powers[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    /* Products of eight digits and these powers have at most fifteen digits. */
    int64_t highest = limit > INT64_MAX ? INT64_MAX : (int64_t)limit - 1;
    uint32_t *output = pending;
    size_t row = 0;
    for (; row + LANES <= fields.count; row += LANES) {
        struct CLONE(fixed_point) read = load_fixed_point(fields, row);
        lanes missing = all(scale) - read.fraction_count;
        lanes magnitude = multiply_low(read.magnitude, look_up(powers, missing & all(7)));
        lanes is_read = read.is_read & (missing >= all(0)) & (missing <= all(7))
            & (magnitude <= all(highest));
        lanes value = with_sign(magnitude, read.is_negative);
        for (int lane = 0; lane < LANES; lane++) {
            values[2 * (row + (size_t)lane)] = value[lane];
            values[2 * (row + (size_t)lane) + 1] = value[lane] >> 63;
        }
        output = append_rows(output, row, sign_mask(~is_read));
    }
    for (; row < fields.count; row++) *output++ = (uint32_t)row;
    return (size_t)(output - pending);
}

CLONE_TARGET size_t CLONE(read_timestamps)(
    ck_fields fields, size_t *next_row, ck_day day, int precision, int64_t *values,
    uint32_t *pending) {
    static const int64_t powers[8] = {1, 10, 100, 1000, 10000, 100000, 1000000, 0};
    uint32_t *output = pending;
    size_t row = *next_row;
    for (; row + LANES <= fields.count; row += LANES) {
        struct CLONE(places) places = load_places(fields, row);
        lanes first = load_words(&places, 0);
        lanes second = load_words(&places, 8);
        lanes third = load_words(&places, 16);
        lanes is_day = (first == all((int64_t)day.low))
            & ((second & all(0xFFFF)) == all((int64_t)day.high));
        if (!(sign_mask(is_day) & 1)) break;
        /* ` HH:mm` and `:ss` */
        lanes has_marks = ((second & all(0x0000FF0000FF0000)) == all(0x00003A0000200000))
            & ((third & all(0xFF)) == all(':'));
        lanes digits = (((second >> 24) & all(0xFFFF)) | ((second >> 32) & all(0xFFFF0000))
                        | ((third << 24) & all(0x0000FFFF00000000)))
            ^ all(0x0000303030303030);
        lanes pairs = multiply_add_bytes(digits, all(0x010A010A010A010A));
        /* Each 16 bits hold hours, minutes, seconds; the added bits carry into bit 15 past 23, 59, 59. */
        lanes past = (pairs + all(0x00007FC47FC47FE8)) & all((int64_t)0x0000800080008000);
        lanes parts = multiply_add_words(pairs, all(0x00000001003C0E10));
        lanes seconds = (parts & all(0xFFFFFFFF)) + (parts >> 32);
        lanes is_read = is_day & has_marks & (wrong_digits(digits) == all(0)) & (past == all(0));
        lanes value = all(day.microseconds) + multiply_low(seconds, all(1000000));
        lanes has_fraction = places.count != all(19);
        if (sign_mask(has_fraction)) {
            lanes digit_count = places.count - 20;
            lanes text = load_words(&places, 20);
            lanes fraction = digits_of(text, digit_count & has_fraction);
            lanes power = look_up(powers, (all(6) - digit_count) & all(7));
            value += multiply_low(number(fraction), power);
            lanes is_fraction = (digit_count > all(0)) & (digit_count <= all(precision))
                & ((third & all(0xFF000000)) == all(0x2E000000))
                & (wrong_digits(fraction) == all(0));
            is_read &= ~has_fraction | is_fraction;
        }
        memcpy(values + row, &value, sizeof value);
        output = append_rows(output, row, sign_mask(~is_read));
    }
    if (row + LANES > fields.count)
        for (; row < fields.count; row++) *output++ = (uint32_t)row;
    *next_row = row;
    return (size_t)(output - pending);
}
