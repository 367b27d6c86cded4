package dev.finetune4j.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Scripts of {@code src/test/python} with the packages that they need, installed into {@code target}. */
public final class PythonPackages {
    private static final Path SCRIPTS = Path.of("src/test/python");

    private final Path folder;

    private PythonPackages(Path folder) {
        this.folder = folder;
    }

    /**
     * The packages of a list of requirements, which names what they need too; installed unless an earlier test has done it.
     *
     * @param requirements name of the list in {@code src/test/python}
     */
    public static PythonPackages of(String requirements) throws IOException, InterruptedException {
        return of(SCRIPTS.resolve(requirements));
    }

    /** The packages of a list that lies anywhere, such as in another module. */
    public static PythonPackages of(Path list) throws IOException, InterruptedException {
        Path folder = Path.of("target", "python", list.getFileName().toString().replace(".txt", ""));
        InstalledOnce.into(folder, Files.readAllLines(list), () -> {
            PythonInstaller.install("python3", list, List.of("--no-deps", "--upgrade", "--target", folder.toString()));
        });
        return new PythonPackages(folder);
    }

    /** Where they are. */
    public Path folder() {
        return folder;
    }

    /** What a script prints. */
    public String output(String script, Object... arguments) throws IOException, InterruptedException {
        return output(Map.of(), script, arguments);
    }

    /** The same with environment variables besides those of this process. */
    public String output(Map<String, String> variables, String script, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("python3", SCRIPTS.resolve(script).toString()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(variables);
        builder.environment().put("PYTHONPATH", folder.toAbsolutePath().toString());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command + " ended with " + process.exitValue() + "\n" + output);
        }
        return output;
    }
}
