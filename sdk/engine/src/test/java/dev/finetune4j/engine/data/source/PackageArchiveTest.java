package dev.finetune4j.engine.data.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.engine.data.Problems;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageArchiveTest {
    @TempDir
    Path folder;

    @Test
    void takesOneFileOutOfAWheel() throws IOException {
        Path wheel = Packages.zip(folder.resolve("p.whl"), "p/data/rows.jsonl", "{}", "p/other.txt", "no");

        assertThat(open(wheel).extract("p/data/rows.jsonl", folder))
                .hasValueSatisfying(
                        file -> assertThat(file).hasFileName("rows.jsonl").hasContent("{}"));
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("p.whl", "rows.jsonl");
    }

    @Test
    void takesAFileOutOfASourceArchiveWithAndWithoutItsFolder() throws IOException {
        String longName = "p-1/" + "deep/".repeat(30) + "rows.csv";
        Path archive = Packages.tarGz(folder.resolve("p-1.tar.gz"), "p-1/rows.csv", "a", longName, "b");

        assertThat(open(archive).extract("rows.csv", folder))
                .hasValueSatisfying(file -> assertThat(file).hasContent("a"));
        assertThat(open(archive).extract("p-1/rows.csv", folder)).isPresent();
        assertThat(open(archive).extract("deep/".repeat(30) + "rows.csv", folder))
                .hasValueSatisfying(file -> assertThat(file).hasContent("b"));
    }

    @Test
    void takesAFileOutOfAnArchiveInTheArchive() throws IOException {
        Path inner = Packages.tarGz(folder.resolve("inner.tar.gz"), "set/rows.txt", "a");
        Path outer = Packages.tarGz(folder.resolve("outer.tar.gz"), "p-1/inner.tar.gz", Files.readAllBytes(inner));
        Path target = Files.createDirectory(folder.resolve("out"));

        assertThat(open(outer).extract("inner.tar.gz!set/rows.txt", target))
                .hasValueSatisfying(file -> assertThat(file).hasContent("a"));
    }

    @Test
    void saysWhatIsLikeAPathThatIsNotThere() throws IOException {
        Path wheel = Packages.zip(folder.resolve("p.whl"), "p/data/rows-v2.json", "{}", "p/other.txt", "no");

        assertThat(open(wheel).extract("p/data/rows.json", folder)).isEmpty();
        assertThat(open(wheel).similar("p/data/rows.json")).containsExactly("p/data/rows-v2.json");
    }

    @Test
    void refusesPathsThatLeaveThePackage() throws IOException {
        Path wheel = Packages.zip(folder.resolve("p.whl"), "../../evil", "x");

        assertThat(Problems.only(() -> open(wheel).extract("../../evil", folder))
                        .code())
                .isEqualTo("FT0205");
        assertThat(Problems.only(() -> open(wheel).extract("/etc/passwd", folder))
                        .code())
                .isEqualTo("FT0205");
    }

    @Test
    void refusesLinks() throws IOException {
        Path archive = Packages.tarGzWithLink(folder.resolve("p.tar.gz"), "p-1/rows.csv", "/etc/passwd");

        assertThat(Problems.text(Problems.only(() -> open(archive).extract("rows.csv", folder))))
                .contains("FT0205", "is a link");
    }

    @Test
    void refusesBombs() throws IOException {
        byte[] zeros = new byte[64 << 20];
        Path zip = Packages.zip(folder.resolve("p.whl"), "rows.csv", zeros);
        Path tar = Packages.tarGz(folder.resolve("p.tar.gz"), "p-1/rows.csv", zeros);
        Path behind = Packages.tarGz(folder.resolve("q.tar.gz"), "p-1/zeros", zeros, "p-1/rows.csv", "a");

        assertThat(Problems.text(Problems.only(() -> open(zip).extract("rows.csv", folder))))
                .contains("FT0205", "200 times its size");
        assertThat(Problems.only(() -> open(tar).extract("rows.csv", folder)).code())
                .isEqualTo("FT0205");
        assertThat(Problems.only(() -> open(behind).extract("rows.csv", folder)).code())
                .isEqualTo("FT0205");
    }

    @Test
    void refusesDamagedArchives() throws IOException {
        Path tar = Packages.tarGz(folder.resolve("p.tar.gz"), "p-1/rows.csv", "a".repeat(5000));
        byte[] bytes = Files.readAllBytes(tar);
        Files.write(tar, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        Path zip = Files.writeString(folder.resolve("p.whl"), "PK and nothing");

        assertThat(Problems.text(Problems.only(() -> open(tar).extract("rows.csv", folder))))
                .contains("FT0205", "damaged");
        assertThat(Problems.only(() -> open(zip).extract("rows.csv", folder)).code())
                .isEqualTo("FT0205");
        assertThat(Problems.only(() -> open(zip).similar("rows.csv")).code()).isEqualTo("FT0205");
    }

    private static PackageArchive open(Path archive) {
        return new PackageArchive(archive, "pypi:p==1!rows");
    }
}
