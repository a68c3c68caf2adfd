package import Failures

/// V1: one thread that reads, decodes, sequences, computes and commits.
package struct SerialScheduler {
    private let program: JobProgram
    private let instances: [any StatefulOperator]
    private var emissionSequences: [EmissionSequence]
    /// Per operator the watermark of each of its input edges, in the order in which edges are met.
    private var inputWatermarks: [[Int64]]
    private var operatorWatermarks: [Int64]
    private var sourceWatermarks: [Int64]
    private var states: [StateSize]
    private var isFinished: [Bool]
    /// Operators whose results no longer matter, once the output cannot change any more.
    private var superfluous: Set<Int>?
    private var stepNumber = 0
    private let budget: StateBudget
    private let meter: JobMeter?
    private let worker: WorkerMeter?

    package init(
        program: JobProgram,
        instances: [any StatefulOperator],
        budget: StateBudget,
        meter: JobMeter? = nil
    ) {
        self.program = program
        self.instances = instances
        self.budget = budget
        self.meter = meter
        worker = meter?.worker(0)
        states = instances.map { _ in StateSize() }
        isFinished = instances.map { _ in false }
        let operators = program.graph.operators
        emissionSequences = operators.map { _ in EmissionSequence() }
        inputWatermarks = operators.map { _ in [] }
        operatorWatermarks = operators.map { _ in .min }
        sourceWatermarks = program.graph.sources.map { _ in .min }
    }

    /// Runs the job to its end, or until nothing that is still to come can change its output.
    ///
    /// - Parameters:
    ///   - input: gives the splits' pieces.
    ///   - sequencer: orders them.
    ///   - ledger: commits each step.
    ///   - clock: the moment that `NOW` shows in each step.
    ///   - control: asks to stop.
    /// - Throws: the job's failure; nothing is published then.
    package mutating func run(
        input: JobInput,
        sequencer: inout Sequencer,
        ledger: JobLedger,
        clock: JobClock,
        control: JobControl
    ) throws(Failure) {
        var input = SerialInput(input)
        while true {
            try control.checkCancellation()
            switch sequencer.next() {
            case .needs(let split):
                let start = worker?.start()
                input.feed(&sequencer, split: split)
                worker?.decode.add(since: start)
            case .failed(let failure): throw failure
            case .step(let step):
                if let rows = step.rows { control.waitUntilDue(rows) }
                try commit(step, to: ledger, clock)
                guard superfluous == nil else { return try commit(nil, to: ledger, clock) }
                if ledger.isCheckpointDue { try ledger.checkpoint(try progress(sequencer)) }
            case .finished: return try commit(nil, to: ledger, clock)
            }
        }
    }

    private mutating func commit(
        _ step: Sequencer.Step?,
        to ledger: JobLedger,
        _ clock: JobClock
    ) throws(Failure) {
        let begin = worker?.start()
        let outcome = runStep(step, clock: clock)
        let start = worker?.start()
        try ledger.commit(outcome)
        worker?.commit.add(since: start)
        if !outcome.outputs.isEmpty { meter?.latency(since: begin) }
    }

    /// Carries one step through the graph; nil is the last step.
    private mutating func runStep(_ step: Sequencer.Step?, clock: JobClock) -> StepOutcome {
        let moment = clock.moment()
        var outcome = StepOutcome(source: step)
        var items: [[(input: Int, rows: SequencedBatch)]] = instances.map { _ in [] }
        do throws(Failure) {
            if let step {
                sourceWatermarks[step.source] = step.watermark
                if let rows = step.rows {
                    for way in program.sourceWays[step.source] {
                        try deliver(&items, &outcome) { report throws(Failure) in
                            try program.carry(rows, along: way, clock: moment, report: &report)
                        }
                    }
                }
            }
            collectSourceWatermarks(isLast: step == nil)
            for index in instances.indices {
                try runOperator(index, isLast: step == nil, moment, &items, &outcome)
            }
        } catch {
            outcome.failure = error
        }
        stepNumber += 1
        if isFinished.contains(true) {
            let finished = Set(isFinished.indices.filter { isFinished[$0] })
            superfluous = program.graph.superfluousOperators(finished: finished)
        }
        return outcome
    }

    private mutating func runOperator(
        _ index: Int,
        isLast: Bool,
        _ moment: Int64,
        _ items: inout [[(input: Int, rows: SequencedBatch)]],
        _ outcome: inout StepOutcome
    ) throws(Failure) {
        guard superfluous?.contains(index) != true else { return forward(.max, from: index) }
        var numbers = ArrivalNumbers(program.numberedInputs[index], step: stepNumber)
        for item in items[index].indices {
            numbers.number(&items[index][item].rows, input: items[index][item].input)
        }
        let watermark = max(operatorWatermarks[index], inputWatermarks[index].min() ?? .min)
        let operatorStep = OperatorStep(
            items: items[index],
            watermark: watermark,
            previousWatermark: operatorWatermarks[index],
            isLast: isLast
        )
        operatorWatermarks[index] = watermark
        var report = StepReport()
        let start = worker?.start()
        let emissions = try operatorStep.run(
            instances[index],
            isFinished: &isFinished[index],
            report: &report
        )
        worker?.operators[index].add(since: start)
        try budget.charge(&states[index], StateSize(of: instances[index]))
        outcome.add(report)
        for emission in emissions {
            let rows = emissionSequences[index].sequence(emission.batch)
            for edge in program.operatorEdges[index] {
                try deliver(&items, &outcome) { report throws(Failure) in
                    try program.carry(rows, over: edge, clock: moment, report: &report)
                }
            }
        }
        // Nothing follows what a finished operator has emitted.
        let outgoing = isFinished[index] ? Int64.max : watermark
        emissionSequences[index].advance(to: outgoing)
        forward(outgoing, from: index)
    }

    private mutating func forward(_ watermark: Int64, from index: Int) {
        for edge in program.operatorEdges[index] {
            if case .operator(let next, _) = edge.destination {
                inputWatermarks[next].append(watermark)
            }
        }
    }

    private func deliver(
        _ items: inout [[(input: Int, rows: SequencedBatch)]],
        _ outcome: inout StepOutcome,
        _ carry: (inout StepReport) throws(Failure) -> JobProgram.Delivery?
    ) throws(Failure) {
        var report = StepReport()
        let start = worker?.start()
        defer {
            worker?.transform.add(since: start)
            outcome.add(report)
        }
        switch try carry(&report) {
        case .rows(let index, let input, let arrived): items[index].append((input, arrived.rows))
        case .output(let output): outcome.outputs.append(output)
        case nil: break
        }
    }

    /// Begins each operator's list of input watermarks with those of its source edges.
    private mutating func collectSourceWatermarks(isLast: Bool) {
        for index in inputWatermarks.indices { inputWatermarks[index].removeAll() }
        for (source, ways) in program.sourceWays.enumerated() {
            for way in ways {
                if case .operator(let index, _) = way.destination {
                    inputWatermarks[index].append(isLast ? .max : sourceWatermarks[source])
                }
            }
        }
    }
}

// MARK: - Checkpoints

extension SerialScheduler {
    /// How far the job has come; between two steps.
    private func progress(_ sequencer: Sequencer) throws(Failure) -> JobProgress {
        var progress = JobProgress(
            sequencer: sequencer.progress,
            sourceWatermarks: sourceWatermarks,
            stepNumber: stepNumber,
            operators: []
        )
        for index in instances.indices {
            progress.operators.append(
                JobProgress.Operator(
                    watermark: operatorWatermarks[index],
                    emissions: emissionSequences[index],
                    state: try instances[index].checkpointed().snapshot()
                )
            )
        }
        return progress
    }

    /// Goes on where another scheduler stood; before `run`.
    mutating func restore(_ progress: JobProgress) throws(Failure) {
        sourceWatermarks = progress.sourceWatermarks
        stepNumber = progress.stepNumber
        for (index, node) in progress.operators.enumerated() {
            operatorWatermarks[index] = node.watermark
            emissionSequences[index] = node.emissions
            try instances[index].checkpointed().restore(node.state, watermark: node.watermark)
            isFinished[index] = !instances[index].needsMoreInput
            try budget.charge(&states[index], StateSize(of: instances[index]))
        }
    }
}

extension StatefulOperator {
    /// The operator as one whose state can be written.
    ///
    /// - Throws: `PLAN_NOT_YET` where it is none.
    func checkpointed() throws(Failure) -> any CheckpointedOperator {
        if let checkpointed = self as? any CheckpointedOperator { return checkpointed }
        throw Failure(
            "PLAN_NOT_YET",
            blame: .request,
            "checkpoints of \(type(of: self)) are not part of this version",
            remedy: "run the job without `transactional`"
        )
    }
}
