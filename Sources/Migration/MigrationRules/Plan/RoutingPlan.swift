package import JSON
package import Routing

/// How units find their side.
package struct RoutingPlan: NormalForm {
    package enum MissingKey: String, Sendable, Hashable, CaseIterable {
        /// The primary serves the unit, with reason `DEFAULT`.
        case primary
        case error
    }

    package enum Assignment: String, Sendable, Hashable, CaseIterable {
        case hash
        /// The first ⌈w·n⌉ units by hash: exact shares of few units.
        case ranked
    }

    /// What routers do when the controller is gone.
    package enum ControlLoss: String, Sendable, Hashable, CaseIterable {
        /// They keep the last table.
        case hold
        /// They go back to the primary; only where that is instant.
        case primary
    }

    /// nil: the id of the first attempt.
    package var salt: String?
    package var missingKey = MissingKey.primary
    package var assign = Assignment.hash
    /// Largest share of the work on the candidate, as a multiple of the weight: 1,500,000 is 1.5×.
    package var maxWorkSharePPM = 1_500_000
    package var onControlLoss = ControlLoss.hold
    /// Windows that a barrier lies beyond the greatest event time that a router reported.
    package var barrierMarginWindows = 2
    package var pins: [PinPlan] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("salt", &salt)
        try coder.field("missingKey", &missingKey)
        try coder.field("assign", &assign)
        try coder.field("maxWorkSharePPM", &maxWorkSharePPM)
        try coder.field("onControlLoss", &onControlLoss)
        try coder.field("barrierMarginWindows", &barrierMarginWindows)
        try coder.field("pins", &pins)
    }
}

/// A unit that is served by one side whatever the weight.
package struct PinPlan: NormalForm {
    /// Values of the targeting fields.
    package var key: [String] = []
    package var side = Side.primary

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("key", &key)
        try coder.field("side", &side)
    }
}

/// A frontier in time that moves in the candidate's favour.
package struct FrontierPlan: NormalForm {
    package enum Claim: String, Sendable, Hashable, CaseIterable {
        /// The candidate owns what is at or after the frontier.
        case newer
        case older
    }

    package var column = ""
    package var owns = Claim.newer
    package var lagMs = 0
    package var windowMs = 0
    /// Columns that order rows of one time.
    package var tieBreak: [String] = []
    /// Most items set aside in a slice.
    package var quarantineMax = 0
    package var quarantineRetries = 0
    package var deletesSource = false

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("column", &column)
        try coder.field("owns", &owns)
        try coder.field("lagMs", &lagMs)
        try coder.field("windowMs", &windowMs)
        try coder.field("tieBreak", &tieBreak)
        try coder.field("quarantineMax", &quarantineMax)
        try coder.field("quarantineRetries", &quarantineRetries)
        try coder.field("deletesSource", &deletesSource)
    }
}

/// Which reader can read which data format.
package struct CompatibilityPlan: NormalForm {
    package enum Grade: String, Sendable, Hashable, CaseIterable {
        case ok
        case degraded
        case breaks
    }

    package struct Cell: NormalForm {
        package var reader = ""
        package var data = ""
        package var grade = Grade.ok

        package init() {}

        package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
            try coder.field("reader", &reader)
            try coder.field("data", &data)
            try coder.field("grade", &grade)
        }
    }

    package var readers: [String] = []
    package var data: [String] = []
    package var matrix: [Cell] = []

    package init() {}

    package mutating func visit(_ coder: inout NormalFormCoder) throws(JSONError) {
        try coder.field("readers", &readers)
        try coder.field("data", &data)
        try coder.field("matrix", &matrix)
    }

    /// Whether every reader has a grade for every format.
    package var isComplete: Bool {
        readers.allSatisfy { reader in
            data.allSatisfy { format in
                matrix.contains { $0.reader == reader && $0.data == format }
            }
        }
    }
}
