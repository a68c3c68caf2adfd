private import Glibc

/// Powers and logarithms of doubles, as the C library rounds them.
///
/// They are here because paths may not import the C library.
package enum ElementaryFunctions {
    package static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

    /// The natural logarithm: -infinity for 0, NaN below.
    package static func naturalLogarithm(_ value: Double) -> Double { log(value) }

    package static func decimalLogarithm(_ value: Double) -> Double { log10(value) }

    package static func exponential(_ value: Double) -> Double { exp(value) }
}
