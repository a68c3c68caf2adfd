internal import Failures

/// Refuses a number outside its range as the value of `option`.
func checkRange(_ option: String, _ value: Int, _ range: ClosedRange<Int>) throws(Failure) {
    guard !range.contains(value) else { return }
    throw Failure(
        "CFG_VALUE",
        blame: .request,
        "\(option) is \(value)",
        remedy: "give a number from \(range.lowerBound) to \(range.upperBound)"
    )
}
