package dev.finetune4j.offlinecloud.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.s3.ChecksumKind.Running;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.offlinecloud.wire.Xml;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands between HTTP and objects: framing, checksums, addresses, XML. */
class S3WireTest {
    @Test
    void takesTheFramingOff() throws IOException {
        AwsChunkedInputStream content = new AwsChunkedInputStream(
                stream(
                        "5;chunk-signature=ab\r\nhello\r\n7\r\n, world\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:abc=\r\n\r\n"));

        assertThat(new String(content.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("hello, world");
        assertThat(content.trailers()).containsEntry("x-amz-checksum-crc32", "abc=");
    }

    @Test
    void refusesBrokenFraming() {
        for (String broken : List.of("", "5\r\nhel", "5\r\nhello\r\n", "z\r\n", "-1\r\n", "2\r\nhello\r\n0\r\n\r\n")) {
            assertThatThrownBy(() -> new AwsChunkedInputStream(stream(broken)).readAllBytes())
                    .as(broken)
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void computesTheChecksumsOfTheirCheckValues() {
        byte[] check = "123456789".getBytes(StandardCharsets.UTF_8);
        assertThat(hex(ChecksumKind.CRC32, check)).isEqualTo("cbf43926");
        assertThat(hex(ChecksumKind.CRC32C, check)).isEqualTo("e3069283");
        assertThat(hex(ChecksumKind.CRC64NVME, check)).isEqualTo("ae8b14860a799888");
        assertThat(hex(ChecksumKind.SHA1, check)).startsWith("f7c3bc1d");
        assertThat(hex(ChecksumKind.SHA256, check)).startsWith("15e2b0d3");
    }

    @Test
    void putsTheChecksumsOfPartsTogether() {
        ContentChecksum part = ContentChecksum.whole(ChecksumKind.SHA256, new byte[32]);
        Running twice = ChecksumKind.SHA256.start();
        twice.update(new byte[64], 0, 64);

        assertThat(ContentChecksum.composite(ChecksumKind.SHA256, List.of(part, part))
                        .value())
                .isEqualTo(Base64.getEncoder().encodeToString(twice.value()) + "-2");
    }

    @Test
    void findsTheBucketInPathOrHost() throws ServiceError {
        assertThat(S3Address.of("127.0.0.1:99", "/bucket/a/b")).isEqualTo(new S3Address("bucket", "a/b"));
        assertThat(S3Address.of("127.0.0.1", "/bucket")).isEqualTo(new S3Address("bucket", ""));
        assertThat(S3Address.of("localhost", "/")).isEqualTo(new S3Address("", ""));
        assertThat(S3Address.of("bucket.localhost:99", "/a/b")).isEqualTo(new S3Address("bucket", "a/b"));
        assertThat(S3Address.of("my.bucket.s3.eu-central-1.amazonaws.com", "/a"))
                .isEqualTo(new S3Address("my.bucket", "a"));
        assertThat(S3Address.of("s3.eu-central-1.amazonaws.com", "/bucket/a")).isEqualTo(new S3Address("bucket", "a"));
        assertThat(S3Address.of("bucket.s3.cn-north-1.amazonaws.com.cn", "//a"))
                .isEqualTo(new S3Address("bucket", "/a"));
        assertThat(S3Address.of("localhost", "/bucket/a%2Fb+%E6%97%A5/../x"))
                .as("a key is a name, not a path")
                .isEqualTo(new S3Address("bucket", "a/b+日/../x"));
    }

    @Test
    void refusesAddressesThatAreNone() {
        for (String path : List.of("/b/%", "/b/%4", "/b/%zz", "/b/%FF", "/b/" + "k".repeat(1025))) {
            assertThatThrownBy(() -> S3Address.of("localhost", path)).isInstanceOf(ServiceError.class);
        }
    }

    @Test
    void writesAndReadsXml() throws ServiceError {
        Xml document = Xml.of("Keys", List.of(Xml.of("Key", "a<&>\"' \r\n\t日"), Xml.of("Empty", "")));

        Xml read = Xml.read(stream(document.document(S3Call.NAMESPACE)));

        assertThat(read.textOf("Key")).isEqualTo("a<&>\"' \r\n\t日");
        assertThat(read.child("Empty")).isPresent();
        assertThat(document.document(S3Call.NAMESPACE))
                .contains("<Keys xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        assertThat(document.document("")).contains("<Keys>");
    }

    @Test
    void looksAtNoEntities() {
        String outside = "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><a>&x;</a>";
        String many = "<!DOCTYPE a [<!ENTITY x \"y\"><!ENTITY z \"&x;&x;\">]><a>&z;</a>";
        for (String hostile : List.of(outside, many, "<a>", "", "no", "<a>".repeat(50) + "</a>".repeat(50))) {
            assertThatThrownBy(() -> Xml.read(stream(hostile)))
                    .as(hostile)
                    .isInstanceOf(ServiceError.class)
                    .hasMessageContaining("not well-formed");
        }
    }

    @Test
    void keepsNothingOfABucketThatIsGone(@TempDir Path folder) throws ServiceError {
        try (OfflineS3 s3 = new OfflineS3(folder, "123456789012", "eu-central-1", Clock.systemUTC())) {
            s3.createBucket("b")
                    .encrypt("b", "arn:aws:kms:eu-central-1:123456789012:key/k")
                    .share("b");
            Bucket gone = s3.bucketOf("b", Optional.empty());
            gone.set("BucketTagging", Xml.of("Tagging", ""));

            s3.remove(gone);
            s3.createBucket("b");

            assertThat(s3.keyOf("b")).isEmpty();
            assertThat(s3.isShared("b")).isFalse();
            assertThat(s3.bucketOf("b", Optional.empty()).setting("BucketTagging"))
                    .isEmpty();
        }
    }

    private static String hex(ChecksumKind kind, byte[] bytes) {
        Running running = kind.start();
        running.update(bytes, 0, bytes.length);
        return HexFormat.of().formatHex(running.value());
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
