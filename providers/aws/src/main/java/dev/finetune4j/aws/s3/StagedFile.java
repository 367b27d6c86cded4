package dev.finetune4j.aws.s3;

import dev.finetune4j.spi.StagedFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * A file that is to be staged, as it was when it was read.
 *
 * @param name its path below the folder, with slashes
 * @param path where it is
 * @param parts how it is cut
 * @param sha256 of all of it, in hexadecimal
 * @param partSums SHA-256 of each part, in base 64
 */
record StagedFile(String name, Path path, PartPlan parts, String sha256, List<String> partSums)
        implements StagedFolder.Content {
    private static final int CHUNK = 1 << 16;

    StagedFile {
        partSums = List.copyOf(partSums);
    }

    @Override
    public long size() {
        return parts.fileBytes();
    }

    /** Reads a file once, for its own digest and for those of its parts. */
    static StagedFile read(String name, Path path) throws IOException {
        PartPlan parts = PartPlan.of(Files.size(path));
        MessageDigest whole = Proof.sha256();
        List<String> sums = new ArrayList<>();
        byte[] chunk = new byte[CHUNK];
        try (InputStream from = Files.newInputStream(path)) {
            for (int part = 1; part <= parts.count(); part++) {
                MessageDigest sum = Proof.sha256();
                long left = parts.length(part);
                while (left > 0) {
                    int read = from.read(chunk, 0, (int) Math.min(chunk.length, left));
                    if (read < 0) {
                        throw new FileChangedException(path);
                    }
                    whole.update(chunk, 0, read);
                    sum.update(chunk, 0, read);
                    left -= read;
                }
                sums.add(Base64.getEncoder().encodeToString(sum.digest()));
            }
        }
        return new StagedFile(name, path, parts, HexFormat.of().formatHex(whole.digest()), sums);
    }

    /** The checksum of all of it as S3 takes it. */
    String sum() {
        return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    }
}
