package dev.finetune4j.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Installs lists of Python packages with uv, which takes a tenth of pip's time and which pip installs into the checkout's {@code target}. Pip does it
 * by itself where there is no uv to be had, or where uv cannot, such as where an index is set in a file that only pip reads.
 */
final class PythonInstaller {
    private static final String UV = "uv==0.13.9";

    /** What uv calls the variables by which pip is told where packages are. */
    private static final Map<String, String> SOURCES = Map.of(
            "PIP_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_EXTRA_INDEX_URL", "UV_INDEX", "PIP_FIND_LINKS", "UV_FIND_LINKS");

    private PythonInstaller() {}

    /**
     * Installs what a list names.
     *
     * @param python the interpreter, as a path or as the name of a program
     * @param list the file of requirements
     * @param options what both programs understand, such as {@code --target FOLDER}
     */
    static void install(String python, Path list, List<String> options) throws IOException, InterruptedException {
        List<String> what = new ArrayList<>(List.of("-q"));
        what.addAll(options);
        what.addAll(List.of("-r", list.toString()));
        if (!installedByUv(python, what)) {
            run(with(
                    List.of(python, "-m", "pip", "install", "--no-compile"),
                    what)); // what is imported is compiled then
        }
    }

    /** Makes a folder with an interpreter and packages of its own; an older one is removed. */
    static void makeEnvironment(Path folder) throws IOException, InterruptedException {
        run(List.of("python3", "-m", "venv", "--clear", folder.toString()));
    }

    private static boolean installedByUv(String python, List<String> what) throws IOException, InterruptedException {
        Path target = checkout().resolve("target").toAbsolutePath();
        Path uv = target.resolve("uv/bin/uv");
        try {
            InstalledOnce.into(target.resolve("uv"), List.of(UV), () -> {
                run(List.of(
                        "python3",
                        "-m",
                        "pip",
                        "install",
                        "-q",
                        "--upgrade",
                        "--target",
                        target.resolve("uv").toString(),
                        UV));
            });
        } catch (IOException e) {
            return false;
        }
        ProcessBuilder builder =
                new ProcessBuilder(with(List.of(uv.toString(), "pip", "install", "--python", python), what));
        Map<String, String> variables = builder.environment();
        variables.put("UV_CACHE_DIR", target.resolve("uv-cache").toString());
        variables.put("UV_SYSTEM_CERTS", "true"); // which pip trusts, and uv by itself does not
        SOURCES.forEach((pips, uvs) -> {
            if (variables.containsKey(pips)) {
                variables.put(uvs, variables.get(pips));
            }
        });
        return builder.inheritIO().start().waitFor() == 0;
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IOException(command + " ended with " + exit);
        }
    }

    private static List<String> with(List<String> words, List<String> more) {
        List<String> all = new ArrayList<>(words);
        all.addAll(more);
        return all;
    }

    /** The root of the checkout, from whatever module of it; the module where there is none. */
    static Path checkout() {
        Path module = Path.of("").toAbsolutePath();
        for (Path folder = module; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("finetune")) && Files.exists(folder.resolve("bench"))) {
                return folder;
            }
        }
        return module;
    }
}
