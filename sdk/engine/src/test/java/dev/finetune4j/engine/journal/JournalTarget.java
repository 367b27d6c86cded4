package dev.finetune4j.engine.journal;

import dev.finetune4j.testkit.VirtualClock;
import dev.finetune4j.testkit.fuzz.ParserTarget;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * The journal of a run. An input that does not begin as a journal does is the text of its lines, which get a right checksum: else no
 * change would come past it.
 */
public final class JournalTarget implements ParserTarget {
    private static final String HEAD = "{\"crc\":\"";

    @Override
    public String name() {
        return "journal";
    }

    @Override
    public List<byte[]> seeds() {
        ByteArrayOutputStream journal = new ByteArrayOutputStream();
        ByteArrayOutputStream texts = new ByteArrayOutputStream();
        Redaction nothing = Redaction.of(Map.of(), Set.of());
        long number = 0;
        for (JournalEntry entry : JournalSamples.life()) {
            byte[] line = JournalFormat.write(++number, VirtualClock.START, entry, nothing);
            journal.writeBytes(line);
            texts.write(line, 25, line.length - 27);
            texts.write('\n');
        }
        return List.of(journal.toByteArray(), texts.toByteArray());
    }

    @Override
    public void read(byte[] input, Path scratch) throws IOException {
        boolean isJournal = new String(input, StandardCharsets.ISO_8859_1).startsWith(HEAD);
        Path file = Files.write(scratch.resolve("journal.jsonl"), isJournal ? input : withChecksums(input));
        RunView.of(JournalContent.read(file));
    }

    private static byte[] withChecksums(byte[] texts) {
        StringBuilder journal = new StringBuilder();
        for (String text : new String(texts, StandardCharsets.ISO_8859_1).split("\n")) {
            CRC32C crc = new CRC32C();
            crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
            journal.append(String.format(Locale.ROOT, "%s%08x\",\"line\":%s}\n", HEAD, crc.getValue(), text));
        }
        return journal.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
