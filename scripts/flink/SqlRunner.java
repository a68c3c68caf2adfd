import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;

/**
 * Runs the statements of one script on Apache Flink, one after another, and reports each as a line of JSON.
 *
 * <p>Run from source, with Flink's jars on the class path:
 * {@code java OPENS -cp "$FLINK_LIB/*" SqlRunner.java [--parallelism N] [--remote HOST:PORT] [--set KEY=VALUE]... STATEMENTS}
 *
 * <p>STATEMENTS is a file, or {@code -} for standard input, with a JSON list of texts, one statement each, without
 * the final semicolon. SET and RESET are applied here, because executeSql refuses them; keys that begin with
 * {@code cutover.} are dropped. Without --remote a cluster inside this process does the work.
 *
 * <p>Output lines: {@code {"statement":3,"kind":"INSERT","state":"FINISHED","job":"…","ms":812}}; a SELECT adds
 * {@code "rows":N}; a failure has {@code "state":"FAILED"} and {@code "error":[…]}, root cause first, and ends the run
 * with status 1. Status 2: wrong arguments. An interrupt cancels the running job.
 */
public final class SqlRunner {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern SET =
            Pattern.compile("SET\\s+'((?:[^']|'')*)'\\s*=\\s*'((?:[^']|'')*)'", Pattern.CASE_INSENSITIVE);
    private static final Set<String> DECLARES = Set.of("CREATE", "DROP", "ALTER", "USE");
    private static final Pattern RESET =
            Pattern.compile("RESET(?:\\s+'((?:[^']|'')*)')?", Pattern.CASE_INSENSITIVE);

    /** Flink takes these only when an environment is made. */
    private static final Set<String> FIXED = Set.of("execution.runtime-mode");

    private final Configuration initial;
    /** What executed statements declared, for the next environment. */
    private final List<String> declarations = new ArrayList<>();
    private TableEnvironment environment;
    private volatile JobClient running;

    private SqlRunner(Configuration configuration) {
        initial = configuration.clone();
        environment = environment(configuration);
        Runtime.getRuntime().addShutdownHook(new Thread(this::cancel));
    }

    public static void main(String[] arguments) throws Exception {
        // Flink's logger would complain on standard output that nobody configured it.
        System.setProperty("log4j2.level", System.getProperty("log4j2.level", "OFF"));
        Configuration configuration = new Configuration();
        configuration.setString("table.local-time-zone", "UTC");
        configuration.setString("parallelism.default", "1");
        String input = null;
        for (int index = 0; index < arguments.length; index++) {
            String argument = arguments[index];
            switch (argument) {
                case "--parallelism" -> configuration.setString("parallelism.default", value(arguments, ++index));
                case "--remote" -> remote(configuration, value(arguments, ++index));
                case "--set" -> {
                    String[] pair = value(arguments, ++index).split("=", 2);
                    if (pair.length != 2) usage("--set needs KEY=VALUE");
                    configuration.setString(pair[0], pair[1]);
                }
                default -> {
                    if (input != null || (argument.startsWith("-") && argument.length() > 1)) usage(argument);
                    input = argument;
                }
            }
        }
        if (input == null) usage("STATEMENTS is missing");
        if (!isReachable(configuration)) System.exit(1);
        List<String> statements = statements(input);
        System.exit(new SqlRunner(configuration).run(statements) ? 0 : 1);
    }

    private static String value(String[] arguments, int index) {
        if (index >= arguments.length) usage(arguments[index - 1] + " needs a value");
        return arguments[index];
    }

    private static void usage(String problem) {
        System.err.println("SqlRunner: " + problem
                + "\nusage: SqlRunner [--parallelism N] [--remote HOST:PORT] [--set KEY=VALUE]... STATEMENTS|-");
        System.exit(2);
    }

    private static void remote(Configuration configuration, String address) {
        int colon = address.lastIndexOf(':');
        if (colon < 1) usage("--remote needs HOST:PORT");
        configuration.setString("execution.target", "remote");
        configuration.setString("rest.address", address.substring(0, colon));
        configuration.setString("rest.port", address.substring(colon + 1));
    }

    /** Says so, as statement 0, where no cluster listens at the address. */
    private static boolean isReachable(Configuration configuration) throws Exception {
        String host = configuration.getString("rest.address", null);
        if (host == null) return true;
        int port = Integer.parseInt(configuration.getString("rest.port", "8081"));
        String name = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(name, port), 5_000);
            return true;
        } catch (IOException problem) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("statement", 0);
            line.put("kind", "CONNECT");
            line.put("state", "UNREACHABLE");
            line.put("error", causes(problem));
            System.out.println(JSON.writeValueAsString(line));
            return false;
        }
    }

    private static List<String> statements(String input) throws Exception {
        JsonNode tree;
        try (InputStream stream = input.equals("-") ? System.in : Files.newInputStream(Path.of(input))) {
            tree = JSON.readTree(stream);
        }
        if (tree == null || !tree.isArray()) usage("STATEMENTS is not a JSON list");
        List<String> statements = new ArrayList<>();
        for (JsonNode node : tree) statements.add(node.asText());
        return statements;
    }

    private boolean run(List<String> statements) throws Exception {
        for (int index = 0; index < statements.size(); index++) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("statement", index + 1);
            line.put("kind", kind(statements.get(index)));
            long start = System.nanoTime();
            try {
                execute(statements.get(index).strip(), line);
            } catch (Throwable problem) {
                line.put("state", "FAILED");
                line.put("error", causes(problem));
            }
            line.put("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            System.out.println(JSON.writeValueAsString(line));
            System.out.flush();
            if (line.get("state").equals("FAILED")) return false;
        }
        return true;
    }

    private static TableEnvironment environment(Configuration configuration) {
        return TableEnvironment.create(
                EnvironmentSettings.newInstance().withConfiguration(configuration).build());
    }

    private void execute(String statement, Map<String, Object> line) throws Exception {
        line.put("state", "FINISHED");
        Matcher set = SET.matcher(statement);
        if (set.matches()) {
            set(set.group(1).replace("''", "'"), set.group(2).replace("''", "'"));
            return;
        }
        Matcher reset = RESET.matcher(statement);
        if (reset.matches()) {
            reset(reset.group(1));
            return;
        }
        TableResult result = environment.executeSql(statement);
        if (DECLARES.contains(line.get("kind"))) declarations.add(statement);
        result.getJobClient().ifPresent(client -> {
            running = client;
            line.put("job", client.getJobID().toString());
        });
        try {
            switch (result.getResultKind()) {
                case SUCCESS -> { }
                case SUCCESS_WITH_CONTENT -> finish(result, line);
            }
        } finally {
            running = null;
        }
    }

    /** An INSERT's content is its row count, which is not known; a SELECT's are its rows. */
    private void finish(TableResult result, Map<String, Object> line) throws Exception {
        if (line.get("kind").equals("INSERT")) {
            result.await();
            return;
        }
        long rows = 0;
        try (CloseableIterator<Row> iterator = result.collect()) {
            for (; iterator.hasNext(); iterator.next()) rows++;
        }
        line.put("rows", rows);
    }

    /** Applies one setting; null takes it back. */
    private void set(String key, String value) {
        if (key.startsWith("cutover.")) return;
        Configuration configuration = changes();
        String wanted = value != null ? value : initial.getString(key, null);
        if (wanted != null) {
            configuration.setString(key, wanted);
        } else {
            configuration.removeKey(key);
        }
        if (FIXED.contains(key)) {
            Configuration whole = initial.clone();
            whole.addAll(configuration);
            if (wanted == null) whole.removeKey(key);
            environment = environment(whole);
            for (String declaration : declarations) environment.executeSql(declaration);
        } else if (wanted != null) {
            environment.getConfig().set(key, wanted);
        } else {
            environment.getConfig().getConfiguration().removeKey(key);
        }
    }

    private void reset(String key) {
        if (key != null) {
            set(key.replace("''", "'"), null);
        } else {
            for (String changed : changes().keySet()) set(changed, null);
        }
    }

    private Configuration changes() {
        return environment.getConfig().getConfiguration().clone();
    }

    private void cancel() {
        JobClient client = running;
        if (client == null) return;
        try {
            client.cancel().get(5, TimeUnit.SECONDS);
        } catch (Exception problem) {
            System.err.println("SqlRunner: the job " + client.getJobID() + " could not be cancelled: " + problem);
        }
    }

    /** First word of the statement, past comments; Flink's parser judges the rest. */
    private static String kind(String statement) {
        String text = statement.replaceAll("(?s)/\\*.*?\\*/|--[^\\n]*", " ").strip();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) end++;
        return text.substring(0, end).toUpperCase();
    }

    private static List<String> causes(Throwable problem) {
        List<String> causes = new ArrayList<>();
        for (Throwable cause = problem; cause != null && causes.size() < 20; cause = cause.getCause()) {
            causes.add(0, cause.getClass().getSimpleName() + ": " + cause.getMessage());
        }
        return causes;
    }
}
