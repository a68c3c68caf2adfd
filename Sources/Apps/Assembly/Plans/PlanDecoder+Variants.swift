internal import Arguments
internal import Failures
internal import MigrationRules
internal import SQLFront
internal import YAML

/// Whether there is anything that could run a variant as the plan wants it.
extension PlanDecoder {
    private static let adapters = ["exec", "stream"]

    func adapterName(_ node: YAMLNode, _ what: String) -> String? {
        guard let text = reading.text(node, "\(what).adapter") else { return nil }
        if Self.adapters.contains(text) { return text }
        reading.refuse(
            "\(what).adapter is \"\(text)\"",
            remedy: NearestName.remedy(for: text, in: Self.adapters),
            at: node.position
        )
        return nil
    }

    func requireParts(
        of variant: VariantPlan,
        _ what: String,
        _ reference: YAMLNode?,
        at node: YAMLNode
    ) {
        let isProgram = !variant.command.isEmpty || variant.url != nil
        switch variant.adapter {
        case "exec" where !isProgram:
            reading.refuse(
                "\(what) has neither command nor http",
                remedy: "say what runs: command: [./program], or http: { url: … }",
                at: node.position
            )
        case "stream" where isProgram:
            reading.refuse(
                "\(what) has the adapter stream and a program of its own",
                remedy: "remove command and http, or write adapter: exec",
                at: node.position
            )
        case "stream":
            if let reference, let text = variant.ref { requireEngine(text, what, reference) }
        default: break
        }
    }

    /// A stream job runs on V1 or V2, named as `--processor` names them.
    private func requireEngine(_ text: String, _ what: String, _ node: YAMLNode) {
        do throws(Failure) {
            guard case .flink = try ProcessorConfiguration.parse(text) else { return }
            reading.refuse(
                "\(what).ref is \"\(text)\", which cannot share a job with another engine",
                remedy: "write v1, v2 or v2:8",
                at: node.position
            )
        } catch {
            var position = node.position
            if node.scalar?.isPlain == true, case .text(let place)? = error.position {
                position.column += place.column - 1
            }
            reading.refuse("\(what).ref: \(error.problem)", remedy: error.remedy, at: position)
        }
    }
}
