internal import Foundation

@main
enum Command {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments == ["--version"] || arguments == ["version"] else {
            let message = "usage: cutover --version\n"
            FileHandle.standardError.write(Data(message.utf8))
            exit(2)
        }
        print(VersionReport(version: programVersion, commit: Installation.current.commit).text)
    }
}
