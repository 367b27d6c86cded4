package dev.finetune4j.modelfiles.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The most that a header may hold is read in a heap 64 MB larger than the file. */
class HeaderHeapTest {
    private static final long MEGABYTE = 1 << 20;
    private static final long SPARE_MEGABYTES = 64;
    private static final int TENSORS = 1 << 17;
    private static final int TEXTS = 1 << 20;

    @TempDir
    private Path folder;

    @Test
    void readsTheMostTensorsOfSafetensors() throws Exception {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < TENSORS; i++) {
            json.append(i == 0 ? "" : ",").append("'" + i + "':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}");
        }

        assertThat(open(".safetensors", HostileFile.withHeader(json.append('}').toString(), 0)))
                .isZero();
    }

    @Test
    void readsTheMostTensorsOfGguf() throws Exception {
        GgufBytes bytes = GgufBytes.header(TENSORS, 0);
        for (int i = 0; i < TENSORS; i++) {
            bytes.tensor(String.valueOf(i), List.of(1L), 24, i * 32L);
        }

        assertThat(open(".gguf", bytes.data(TENSORS * 32).toBytes())).isZero();
    }

    @Test
    void readsTheMostTexts() throws Exception {
        GgufBytes bytes = GgufBytes.header(1, 1).text("k").i32(9).i32(8).i64(TEXTS);
        for (int i = 0; i < TEXTS; i++) {
            bytes.i64(1).u8('x');
        }

        assertThat(open(".gguf", bytes.tensor("t", List.of(1L), 24, 0).data(32).toBytes()))
                .isZero();
    }

    private int open(String suffix, byte[] content) throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("model" + suffix), content);
        long heap = SPARE_MEGABYTES + content.length / MEGABYTE;
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap + "m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HeapProbe.class.getName(),
                        file.toString())
                .inheritIO()
                .start()
                .waitFor();
    }
}
