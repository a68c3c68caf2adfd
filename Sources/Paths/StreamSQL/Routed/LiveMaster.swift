internal import Columns
internal import Failures
internal import Flow
internal import Routing

/// The thread of a live job that sequences rows and gives each side what it computes.
struct LiveMaster {
    private let shape: RoutedShape
    private let edge: JobProgram.Edge
    private let clock: JobClock
    private let live: LiveOptions
    private let committer: LiveCommitter
    private let control: JobControl
    private let makeSide: (Side, StepFeed) -> StreamJob

    private let primary: LiveSide
    private var candidate: LiveSide?
    /// Candidates that were stopped.
    private var stopped: [LiveSide] = []
    /// The candidate has failed; the migration has to go back before there is another one.
    private var hasCandidateFailed = false
    /// What the candidate had taken when it was found to do nothing; nil while it gets on.
    private var stalledAt: Int?
    private var rules: (rules: WindowOwnership, version: Int)
    private var hasher: KeyHasher
    /// Rows that the primary was handed.
    private(set) var handedRows = 0
    /// The row with which the input goes on behind what was handed on.
    private var position: Int64 = 0
    /// The greatest event time handed on (µs).
    private var maximum: Int64?
    private var isReplaying: Bool

    init(
        shape: RoutedShape,
        edge: JobProgram.Edge,
        clock: JobClock,
        live: LiveOptions,
        committer: LiveCommitter,
        control: JobControl,
        makeSide: @escaping (Side, StepFeed) -> StreamJob
    ) {
        self.shape = shape
        self.edge = edge
        self.clock = clock
        self.live = live
        self.committer = committer
        self.control = control
        self.makeSide = makeSide
        primary = LiveSide(.primary, rowLimit: live.queueRows)
        rules = live.router.ownership
        hasher = KeyHasher(columns: shape.targetingInputs)
        isReplaying = live.replayThrough > 0
    }

    var primaryReport: JobReport? { primary.report }

    /// Runs to the end of the input and of both sides.
    mutating func run(_ input: JobInput, _ sequencer: Sequencer) throws(Failure) {
        try start(primary, fault: nil)
        if !isReplaying { live.caughtUp() }
        try takeOver()
        var input = SerialInput(input)
        var sequencer = sequencer
        reading: while true {
            try checkHealth()
            switch sequencer.next() {
            case .needs(let split): input.feed(&sequencer, split: split)
            case .failed(let failure): throw failure
            case .step(let step): try take(step)
            case .finished: break reading
            }
        }
        try catchUp()
        primary.feed.end()
        candidate?.feed.end()
        primary.join()
        try finishCandidate()
        for side in stopped { side.join() }
        if let failure = committer.failure { throw failure }
    }

    /// Ends both sides, whatever they are doing.
    func stop() {
        let sides = [primary] + stopped + (candidate.map { [$0] } ?? [])
        for side in sides { side.stop() }
        for side in sides { side.join() }
    }

    private func checkHealth() throws(Failure) {
        try control.checkCancellation()
        if let failure = committer.failure { throw failure }
    }

    private func start(_ side: LiveSide, fault: LiveFault?) throws(Failure) {
        try side.start(makeSide(side.side, side.feed), committer, shape.identity, fault: fault)
    }
}

// MARK: - Rows

extension LiveMaster {
    /// Takes a step's rows across the source's edge, and hands them on in pieces.
    private mutating func take(_ step: Sequencer.Step) throws(Failure) {
        var report = StepReport()
        var arrived: SequencedBatch?
        if let rows = step.rows {
            control.count(rows)
            arrived = edge.chain.apply(rows, clock: clock.moment(), report: &report)
        }
        try committer.account(step, report)
        guard let arrived, arrived.batch.rowCount > 0 else {
            return try hand(emptyPiece(step))
        }
        let count = arrived.batch.rowCount
        var first = 0
        while first < count {
            let next = arrived.sequence[first]
            let limit = isReplaying || live.pace == nil ? count : first + live.pacedRows
            var end = min(count, limit)
            if isReplaying {
                if next >= live.replayThrough {
                    try catchUp()
                    continue
                }
                while end > first + 1, arrived.sequence[end - 1] >= live.replayThrough { end -= 1 }
            }
            try waitForPace(next)
            end = try admitted(arrived.batch, first..<end)
            guard end > first else { continue }
            position = arrived.sequence[end - 1] + 1
            try hand(piece(of: arrived, first..<end, step))
            first = end
        }
    }

    /// A step without rows: only its watermark counts.
    private func emptyPiece(_ step: Sequencer.Step) -> DecodedRows {
        var piece = DecodedRows(
            batch: Batch.empty(shape.graph.operators[0].inputSchemas[0]),
            recordCount: 0
        )
        piece.placement = Placement(
            sequence: .constant(0),
            watermarks: .constant(step.watermark),
            watermark: step.watermark,
            linesBefore: step.linesBefore
        )
        return piece
    }

    private func piece(
        of arrived: SequencedBatch,
        _ rows: Range<Int>,
        _ step: Sequencer.Step
    ) -> DecodedRows {
        let count = arrived.batch.rowCount
        let isWhole = rows == 0..<count
        var piece = DecodedRows(
            batch: isWhole ? arrived.batch : arrived.batch.slice(rows),
            locator: step.locator
        )
        if let origin = arrived.origin { piece.records = origin.records.slice(rows) }
        piece.placement = Placement(
            sequence: arrived.sequence.slice(rows),
            watermarks: arrived.watermarks.slice(rows),
            watermark: rows.upperBound == count
                ? step.watermark : arrived.watermarks[rows.upperBound],
            linesBefore: step.linesBefore
        )
        return piece
    }

    private func waitForPace(_ position: Int64) throws(Failure) {
        guard !isReplaying, let pace = live.pace else { return }
        while let rest = pace(position, maximum) {
            try checkHealth()
            Flow.pause(for: min(rest, .milliseconds(20)))
        }
    }

    /// Waits until the router lets the first of the rows go on.
    ///
    /// - Returns: the end of those that may, which is the beginning where the rules have to be asked again.
    private mutating func admitted(_ batch: Batch, _ rows: Range<Int>) throws(Failure) -> Int {
        let times = eventTimes(of: batch)
        var end = rows.upperBound
        while true {
            var greatest = Int64.min
            for row in rows.lowerBound..<end { greatest = max(greatest, times[row]) }
            switch live.router.admit(greatest) {
            case .admitted(let version):
                if version != rules.version { try takeOver() }
                maximum = max(maximum ?? greatest, greatest)
                return end
            case .stalled(let barrier):
                end = rows.first { times[$0] >= barrier } ?? end
                guard end == rows.lowerBound else { continue }
                try checkHealth()
                Flow.pause(for: .milliseconds(1))
                return end
            }
        }
    }
}

// MARK: - Sides

extension LiveMaster {
    private mutating func hand(_ piece: DecodedRows) throws(Failure) {
        while case .full = primary.offer(piece, position) {
            primary.feed.waitForRoom()
            try checkHealth()
        }
        handedRows += piece.batch.rowCount
        guard let candidate else { return }
        if candidate.hasEnded { return lose(candidate) }
        try offer(candidateShare(of: piece), to: candidate)
    }

    /// The rows of a piece that the candidate computes.
    private mutating func candidateShare(of piece: DecodedRows) throws(Failure) -> DecodedRows {
        guard piece.batch.rowCount > 0 else { return piece }
        let range = timeRange(of: piece.batch)
        let starts =
            shape.layout.startRange(of: range.lowerBound)
            .lowerBound...shape.layout.startRange(of: range.upperBound).upperBound
        if let all = rules.rules.uniform(starts) {
            return all ? piece : piece.keeping(Selection([]))
        }
        try hasher.hash(piece.batch, rules.rules)
        let times = eventTimes(of: piece.batch)
        var kept: [Int] = []
        for row in 0..<piece.batch.rowCount where isShared(row, at: times[row]) { kept.append(row) }
        return kept.count == piece.batch.rowCount ? piece : piece.keeping(Selection(kept))
    }

    /// Whether the candidate computes any window of a row.
    private func isShared(_ row: Int, at time: Int64) -> Bool {
        let hash = hasher.hash(row)
        let sample = hasher.sampleHash(row)
        let starts = shape.layout.startRange(of: time)
        var start = starts.upperBound
        while start >= starts.lowerBound {
            let decision = rules.rules.decide(hash: hash, sampleHash: sample, start: start)
            if decision.flags.contains(.shared) { return true }
            start -= shape.layout.slide
        }
        return false
    }

    private func eventTimes(of batch: Batch) -> Buffer<Int64> {
        guard case .integers(let times) = batch.columns[shape.layout.timeColumn].values else {
            preconditionFailure("event times are numbers")
        }
        return times
    }

    /// The least and the greatest event time of at least one row.
    private func timeRange(of batch: Batch) -> ClosedRange<Int64> {
        let times = eventTimes(of: batch)
        var least = times[0]
        var greatest = times[0]
        for row in 1..<batch.rowCount {
            least = min(least, times[row])
            greatest = max(greatest, times[row])
        }
        return least...greatest
    }

    /// Gives the candidate its rows: it may hold up the job where its results are needed, and not for ever.
    private mutating func offer(_ piece: DecodedRows, to candidate: LiveSide) throws(Failure) {
        let isShadow = rules.rules.table.thresholdPPM == 0 && !isReplaying
        let begin = ContinuousClock.now
        while true {
            switch candidate.offer(piece, position) {
            case .taken: return
            case .closed: return lose(candidate)
            case .full where isShadow && mayShed(candidate, since: begin):
                guard piece.batch.rowCount > 0 else { return }
                let end = shape.layout.lastEnd(of: timeRange(of: piece.batch).upperBound)
                return committer.shed(through: end)
            case .full:
                try checkHealth()
                guard ContinuousClock.now - begin < live.candidateDeadline else {
                    committer.loseCandidate(Self.stalled(live))
                    return lose(candidate)
                }
                Flow.pause(for: .milliseconds(1))
            }
        }
    }

    /// Whether rows may be left out for a candidate that serves nothing and has had no room since `begin`.
    private mutating func mayShed(
        _ candidate: LiveSide,
        since begin: ContinuousClock.Instant
    ) -> Bool {
        guard live.shadowBlocks, !shape.graph.isLive else { return true }
        let taken = candidate.feed.takenCount
        if stalledAt == taken { return true }
        let hasWaited = ContinuousClock.now - begin >= live.shadowPatience
        stalledAt = hasWaited ? taken : nil
        return hasWaited
    }

    /// Waits for the candidate to end, as long as it gets on.
    private mutating func finishCandidate() throws(Failure) {
        guard let candidate else { return }
        guard rules.rules.table.thresholdPPM == 0 else {
            try waitFor(candidate) { $0.hasEnded }
            return candidate.join()
        }
        // It serves nothing, so what it owes is missing in the comparison only.
        let isStalled = stalledAt == candidate.feed.takenCount
        var hasEnded = false
        if !isStalled { hasEnded = try getsOn(candidate, Self.endPatience) { $0.hasEnded } }
        if !hasEnded {
            committer.dropCandidate()
            candidate.stop()
        }
        candidate.join()
    }

    /// Waits until something holds of the candidate; one that does nothing with its rows for too long is lost.
    private mutating func waitFor(
        _ candidate: LiveSide,
        until condition: (LiveSide) -> Bool
    ) throws(Failure) {
        guard try !getsOn(candidate, live.candidateDeadline, until: condition) else { return }
        committer.loseCandidate(Self.stalled(live))
        lose(candidate)
    }

    /// Waits until something holds of the candidate.
    ///
    /// - Returns: whether it does; not where the candidate did nothing with its rows for so long.
    private func getsOn(
        _ candidate: LiveSide,
        _ patience: Duration,
        until condition: (LiveSide) -> Bool
    ) throws(Failure) -> Bool {
        var pending = candidate.pendingCount
        var last = ContinuousClock.now
        while !condition(candidate) {
            try checkHealth()
            let now = ContinuousClock.now
            let count = candidate.pendingCount
            // With no rows left it gives its last windows, in a time that is its own.
            if count != pending || count == 0 {
                pending = count
                last = now
            }
            guard now - last < patience else { return false }
            Flow.pause(for: .milliseconds(1))
        }
        return true
    }

    /// How long the job waits at its end for a candidate that serves nothing and does nothing.
    private static let endPatience = Duration.seconds(5)

    private static func stalled(_ live: LiveOptions) -> Failure {
        Failure(
            "MIG_CANDIDATE_STALLED",
            blame: .outside,
            "\(live.candidateName) took no rows for \(live.candidateDeadline)",
            remedy: "look at what holds it up; the primary goes on alone"
        )
    }

    private mutating func lose(_ candidate: LiveSide) {
        candidate.stop()
        stopped.append(candidate)
        self.candidate = nil
        hasCandidateFailed = true
    }

    /// Obeys the router's rules from the next row on.
    private mutating func takeOver() throws(Failure) {
        rules = live.router.ownership
        guard !rules.rules.isFenced else {
            hasCandidateFailed = false
            guard let old = candidate else { return committer.dropCandidate() }
            candidate = nil
            old.stop()
            stopped.append(old)
            return committer.dropCandidate()
        }
        let fault = live.fault?(rules.rules.table)
        if fault?.kind == .killCandidate { candidate?.feed.fail(LiveFault.injectedError) }
        candidate?.setFault(fault)
        guard candidate == nil, !hasCandidateFailed, rules.rules.wantsCandidate else { return }
        // Windows that have begun are not the new candidate's: it lacks their first rows.
        let begun = maximum.map { maximum in
            let next = shape.layout.startRange(of: maximum).upperBound &+ shape.layout.slide
            return shape.layout.firstEnd(ofWindowAt: next) &- 1
        }
        committer.reviveCandidate(after: begun ?? .min, from: position)
        stalledAt = nil
        let new = LiveSide(.candidate, rowLimit: live.queueRows)
        try start(new, fault: fault)
        candidate = new
    }

    /// Ends the part of the input that an earlier run has reported: what was seen in it is no evidence.
    private mutating func catchUp() throws(Failure) {
        guard isReplaying else { return }
        while primary.pendingCount > 0 {
            try checkHealth()
            Flow.pause(for: .milliseconds(1))
        }
        if let candidate { try waitFor(candidate) { $0.hasEnded || $0.pendingCount == 0 } }
        _ = committer.takeEvidence()
        isReplaying = false
        live.caughtUp()
    }
}

extension DecodedRows {
    /// The rows at `selection`, with the watermark behind all.
    fileprivate func keeping(_ selection: Selection) -> DecodedRows {
        var kept = self
        kept.batch = batch.gather(by: selection)
        kept.recordCount = selection.count
        kept.records = records.gather(selection)
        kept.placement?.sequence = placement?.sequence.gather(selection) ?? .constant(0)
        kept.placement?.watermarks =
            placement?.watermarks.gather(selection) ?? .constant(0)
        return kept
    }
}
