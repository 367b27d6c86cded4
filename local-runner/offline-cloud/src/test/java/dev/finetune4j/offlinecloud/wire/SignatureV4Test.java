package dev.finetune4j.offlinecloud.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.finetune4j.offlinecloud.wire.CanonicalRequest.PathForm;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signatures that Amazon publishes: of its test suite for version 4, and of S3's examples. */
class SignatureV4Test {
    private static final String SUITE_HEADERS = "Host:example.amazonaws.com|X-Amz-Date:20150830T123600Z";
    private static final String SUITE_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static final String S3_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    private static final String FORM = "Content-Type:application/x-www-form-urlencoded";

    /** Texts stand here as they do on the wire, with a char for each byte. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            quoteCharacter = '~',
            value = {
                "GET / '' 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "POST / '' 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
                "GET /?Param1=value1 '' a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
                "POST /?Param1=value1 '' 28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
                "GET /?Param2=value2&Param1=value1 '' b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
                "GET /?Param1=value2&Param1=Value1 '' eedbc4e291e521cf13422ffca22be7d2eb8146eecf653089df300a15b2382bd1",
                "GET /?Param1=value2&Param1=value1 '' 5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
                "GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1 '' 371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
                "GET /?%E1%88%B4=bar '' 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
                "GET /?\u00e1\u0088\u00b4=bar '' 2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
                "GET /\u00e1\u0088\u00b4 '' 8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85",
                "GET /example/.. '' 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "GET /example1/example2/../.. '' 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "GET /./ '' 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "GET // '' 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
                "GET /./example '' ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
                "GET //example// '' 9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
                "GET ~/example space/~ '' 652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
                "GET /example/$delete '' a853c9b21b528b19643d00910d35b83a10c366a10833ceefb45edd6c80e40f27",
                "GET / My-Header1:value2|My-Header1:value2|My-Header1:value1 c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
                "GET / My-Header1:value4|My-Header1:value1|My-Header1:value3|My-Header1:value2"
                        + " 08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01",
                "GET / ~My-Header1: value1|My-Header2: \"a   b   c\"~ acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
                "POST / My-Header1:VALUE1 cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
                "POST / " + FORM + " ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
                "POST / ~" + FORM + "; charset=utf8~ 1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"
            })
    void signsAsTheTestSuiteDoes(String method, String target, String headers, String signature) {
        String more = headers.replace("''", "");
        CanonicalRequest request = new CanonicalRequest(
                method,
                target(target),
                headers(SUITE_HEADERS + "|" + more),
                SignatureV4.sha256((more.contains(FORM) ? "Param1=value1" : "").getBytes(StandardCharsets.UTF_8)));

        assertThat(signature(request.text(PathForm.OF_SEGMENTS), "20150830T123600Z", SUITE_SECRET, "service"))
                .isEqualTo(signature);
    }

    /** The session's token may be signed, too. */
    @ParameterizedTest
    @CsvSource({
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/"
                + "qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0"
                + "iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==,"
                + "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"
    })
    void signsTokens(String token, String signature) {
        CanonicalRequest request = new CanonicalRequest(
                "POST",
                target("/"),
                headers(SUITE_HEADERS + "|X-Amz-Security-Token:" + token),
                SignatureV4.sha256(new byte[0]));

        assertThat(signature(request.text(PathForm.OF_SEGMENTS), "20150830T123600Z", SUITE_SECRET, "service"))
                .isEqualTo(signature);
    }

    /** Of the S3 user guide; the bucket stands before the host's name. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "GET /test.txt Range:bytes=0-9 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                        + " f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
                "PUT /test$file.text 'Date:Fri, 24 May 2013 00:00:00 GMT|x-amz-storage-class:REDUCED_REDUNDANCY'"
                        + " 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
                        + " 98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
                "GET /?lifecycle '' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                        + " fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
                "GET /?max-keys=2&prefix=J '' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
                        + " 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
            })
    void signsAsTheGuideOfS3Does(String method, String target, String headers, String payload, String signature) {
        CanonicalRequest request = new CanonicalRequest(
                method,
                target(target),
                headers("Host:examplebucket.s3.amazonaws.com|x-amz-date:20130524T000000Z|x-amz-content-sha256:"
                        + payload + "|" + headers),
                payload);

        assertThat(signature(request.text(PathForm.OF_KEYS), "20130524T000000Z", S3_SECRET, "s3"))
                .isEqualTo(signature);
    }

    /** The same guide's address; what is signed of it is all but the signature. */
    @ParameterizedTest
    @CsvSource("aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    void signsAddressesAsTheGuideOfS3Does(String signature) {
        CanonicalRequest request = new CanonicalRequest(
                "GET",
                target(
                        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"
                                + "%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature="
                                + signature),
                headers("Host:examplebucket.s3.amazonaws.com"),
                "UNSIGNED-PAYLOAD");

        assertThat(signature(request.text(PathForm.OF_KEYS), "20130524T000000Z", S3_SECRET, "s3"))
                .isEqualTo(signature);
    }

    private static String signature(String canonicalRequest, String time, String secret, String service) {
        String stringToSign = SignatureV4.stringToSign(canonicalRequest, time, "us-east-1", service);
        return SignatureV4.of(stringToSign, secret, time, "us-east-1", service);
    }

    private static RequestTarget target(String target) {
        int question = target.indexOf('?');
        return question < 0
                ? new RequestTarget(target, "")
                : new RequestTarget(target.substring(0, question), target.substring(question + 1));
    }

    private static SortedMap<String, List<String>> headers(String lines) {
        SortedMap<String, List<String>> headers = new TreeMap<>();
        for (String line : lines.split("\\|")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                        .add(line.substring(colon + 1));
            }
        }
        return headers;
    }
}
