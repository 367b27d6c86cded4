package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A command that a document shows, and the output that it shows for it. A line of three dots stands for any lines; figures,
 * digests and times stand for any of their kind.
 *
 * @param command the command line after the prompt
 * @param output the lines shown
 */
record Transcript(String command, List<String> output) {
    private static final Pattern FENCE = Pattern.compile("```console\\n(.*?)```", Pattern.DOTALL);
    private static final String PROMPT = "$ ";
    private static final String ANY_LINES = "...";

    /** Every command in the {@code console} blocks of a document, in order. */
    static List<Transcript> of(Path document) throws IOException {
        List<Transcript> transcripts = new ArrayList<>();
        var blocks = FENCE.matcher(Files.readString(document));
        while (blocks.find()) {
            String command = null;
            List<String> output = new ArrayList<>();
            for (String line : blocks.group(1).split("\n", -1)) {
                if (line.startsWith(PROMPT)) {
                    if (command != null) {
                        transcripts.add(new Transcript(command, List.copyOf(output)));
                    }
                    command = line.substring(PROMPT.length());
                    output.clear();
                } else {
                    output.add(line);
                }
            }
            if (command != null) {
                transcripts.add(new Transcript(command, List.copyOf(output)));
            }
        }
        return transcripts;
    }

    /** Whether a real output has the lines shown. */
    boolean matches(String realOutput) {
        StringBuilder pattern = new StringBuilder();
        for (String line : withoutTrailingBlanks(output)) {
            pattern.append(line.strip().equals(ANY_LINES) ? "(?:.*\n)*?" : Pattern.quote(scrub(line)) + "\n");
        }
        String real = String.join("\n", withoutTrailingBlanks(realOutput.lines().toList())) + "\n";
        return Pattern.compile(pattern.toString()).matcher(scrubLines(real)).matches();
    }

    private static String scrubLines(String text) {
        StringBuilder scrubbed = new StringBuilder();
        text.lines().forEach(line -> scrubbed.append(scrub(line)).append('\n'));
        return scrubbed.toString();
    }

    /** Leaves the words and takes the figures, so that a faster machine shows the same. */
    private static String scrub(String line) {
        return line.replaceAll("\\b(bf16|fp32)\\b", "<precision>")
                .replaceAll("\\b[0-9a-f]{8,64}\\b", "<digest>")
                .replaceAll("[+-]?\\d[\\d.,]*(e[+-]?\\d+)?", "#")
                .replaceAll("(?:#[dhms])+\\b", "#s")
                .replaceAll("[\u2581-\u2588]+", "<bars>")
                .replaceAll("#+", "#")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static List<String> withoutTrailingBlanks(List<String> lines) {
        int end = lines.size();
        while (end > 0 && lines.get(end - 1).isBlank()) {
            end--;
        }
        return lines.subList(0, end);
    }
}
