package dev.finetune4j.testkit.fuzz;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One parser, as far as the fuzzer knows it: bytes go in, and nothing but the product's own problems may come out. */
public interface ParserTarget {
    /** Names the folder of its inputs. */
    String name();

    /** Sound inputs, and damaged ones, to begin with, beside those that are kept as files. */
    default List<byte[]> seeds() throws IOException {
        return List.of();
    }

    /**
     * Reads an input as the product would, to the end.
     *
     * @param input the bytes of a file, or of the part of it that the parser does not protect by a checksum
     * @param scratch a folder for files; the same at each call
     * @throws IOException if the scratch folder fails; a failure of the test, whatever the input
     */
    void read(byte[] input, Path scratch) throws IOException;
}
