package dev.finetune4j.modelfiles.template;

import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A chat template, parsed and rendered. The limits are a hundredth of those in use, so that what a rendering may allocate by its limits
 * stays below what the fuzzer takes for a defect.
 */
public final class TemplateTarget implements ParserTarget {
    private static final Path TEMPLATES = Path.of("src/test/resources/dev/finetune4j/modelfiles/template");
    private static final LocalDateTime NOW = LocalDateTime.of(2025, 3, 9, 14, 5, 6);
    private static final TemplateLimits LIMITS = new TemplateLimits(100_000, 1 << 18, 100, 1_000);
    private static final Map<String, ?> VARIABLES = Map.of(
            "messages",
            List.of(
                    Map.of("role", "system", "content", "Be brief."),
                    Map.of("role", "user", "content", "Hi  there"),
                    Map.of("role", "assistant", "content", "Yes?")),
            "bos_token",
            "<s>",
            "eos_token",
            "</s>",
            "add_generation_prompt",
            true);

    @Override
    public String name() {
        return "chat-template";
    }

    @Override
    public List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.walk(TEMPLATES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".jinja"))
                    .sorted()
                    .toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        return seeds;
    }

    @Override
    public void read(byte[] input, Path scratch) {
        ChatTemplate template = ChatTemplate.parse("template", new String(input, StandardCharsets.UTF_8), LIMITS);
        template.render(VARIABLES, NOW);
    }
}
