internal import Failures
internal import JSON

/// What goes over the control socket: one JSON object a line, and one in answer.
///
/// A request names what to `do`; an answer has `ok` with the result, or `error` with code, problem and remedy.
enum ControlProtocol {
    /// Grows when an older process would misunderstand.
    static let version = 1

    /// Name of the socket in the state folder.
    static let socketName = "control.sock"

    /// Member of a snapshot's place where the controller's loop has failed, with the reason.
    static let failedMember = "controller_failed"

    /// A request.
    enum Request {
        case submit(MigrationRequest, name: String)
        case apply(ApplyRequest)
        case snapshot(name: String)
    }

    /// The line of a request.
    static func line(_ request: Request) -> [UInt8] {
        var object: JSONObject = ["version": JSONValue(version)]
        switch request {
        case .submit(let asked, let name):
            object["do"] = "submit"
            object["name"] = JSONValue(name)
            object["request"] = asked.json
        case .apply(let asked):
            object["do"] = "apply"
            object["request"] = asked.json
        case .snapshot(let name):
            object["do"] = "snapshot"
            object["name"] = JSONValue(name)
        }
        return Array(JSONValue(object).compactText.utf8)
    }

    /// Reads the line of a request.
    ///
    /// - Throws: `MIG_CONTROL` for what is none.
    static func request(_ line: [UInt8]) throws(Failure) -> Request {
        do throws(JSONError) {
            let json = try JSONValue(
                parsing: line.span,
                limits: JSONLimits(depth: 16, size: 2 << 20)
            )
            guard try json.member("version").requireInteger() == version else {
                throw JSONError(
                    "the request is of another version of cutover",
                    remedy: "use one version of cutover for both processes",
                    at: nil
                )
            }
            switch try json.member("do").requireString() {
            case "submit":
                return .submit(
                    try MigrationRequest(json: try json.member("request")),
                    name: try json.member("name").requireString()
                )
            case "apply": return .apply(try ApplyRequest(json: try json.member("request")))
            case "snapshot": return .snapshot(name: try json.member("name").requireString())
            case let other:
                throw JSONError(
                    "nobody can \(other)",
                    remedy: "use one version of cutover for both processes",
                    at: nil
                )
            }
        } catch {
            throw error.failure("MIG_CONTROL")
        }
    }

    static func line(_ result: Result<JSONValue, Failure>) -> [UInt8] {
        let answer: JSONValue =
            switch result {
            case .success(let value): ["ok": value]
            case .failure(let failure): ["error": json(failure)]
            }
        return Array(answer.compactText.utf8)
    }

    /// Reads the line of an answer.
    ///
    /// - Throws: the failure that it tells of; `MIG_CONTROL` for what is no answer.
    static func result(_ line: [UInt8]) throws(Failure) -> JSONValue {
        let json: JSONValue
        do throws(JSONError) {
            json = try JSONValue(parsing: line.span, limits: JSONLimits(depth: 64, size: 2 << 20))
        } catch {
            throw error.failure("MIG_CONTROL", blame: .outside)
        }
        if let failure = json["error"] { throw Self.failure(failure) }
        guard let value = json["ok"] else {
            throw Failure(
                "MIG_CONTROL",
                blame: .outside,
                "the controller's answer is none",
                remedy: "use one version of cutover for both processes"
            )
        }
        return value
    }

    private static func json(_ failure: Failure) -> JSONValue {
        [
            "code": JSONValue(failure.code), "blame": JSONValue(failure.blame.rawValue),
            "retryable": JSONValue(failure.isRetryable), "problem": JSONValue(failure.problem),
            "remedy": JSONValue(failure.remedy), "cause": JSONValue(failure.cause),
        ]
    }

    private static func failure(_ json: JSONValue) -> Failure {
        Failure(
            json["code"]?.string ?? "MIG_CONTROL",
            blame: json["blame"]?.string.flatMap { Blame(rawValue: $0) } ?? .outside,
            isRetryable: json["retryable"]?.bool ?? false,
            json["problem"]?.string ?? "the controller refused",
            remedy: json["remedy"]?.string ?? "",
            cause: json["cause"]?.string
        )
    }
}

/// A plan to be stored.
package struct ApplyRequest: Sendable, Hashable {
    /// The plan's file, as the user named it.
    package var path: String
    package var text: String
    /// Whether a running migration takes it as its new plan.
    package var amends: Bool
    package var actor: String
    package var reason: String

    package init(path: String, text: String, amends: Bool, actor: String, reason: String) {
        self.path = path
        self.text = text
        self.amends = amends
        self.actor = actor
        self.reason = reason
    }

    var json: JSONValue {
        [
            "path": JSONValue(path), "text": JSONValue(text), "amends": JSONValue(amends),
            "actor": JSONValue(actor), "reason": JSONValue(reason),
        ]
    }

    init(json: JSONValue) throws(JSONError) {
        path = try json.member("path").requireString()
        text = try json.member("text").requireString()
        amends = try json.member("amends").requireBool()
        actor = try json.member("actor").requireString()
        reason = try json.member("reason").requireString()
    }
}
