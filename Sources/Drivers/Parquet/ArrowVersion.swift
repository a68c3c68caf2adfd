internal import CArrow

/// The version of the Arrow library that this program was built with, for example `26.0.1`.
package func arrowVersion() -> String {
    // SAFETY: the function answers with a constant of the library that ends with a 0.
    unsafe String(cString: carrow_version())
}
