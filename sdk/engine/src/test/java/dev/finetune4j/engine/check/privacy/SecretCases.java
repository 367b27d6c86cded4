package dev.finetune4j.engine.check.privacy;

import static dev.finetune4j.engine.check.privacy.Draw.ALNUM;
import static dev.finetune4j.engine.check.privacy.Draw.DIGITS;
import static dev.finetune4j.engine.check.privacy.Draw.HEX;
import static dev.finetune4j.engine.check.privacy.Draw.LOWER;
import static dev.finetune4j.engine.check.privacy.Draw.UPPER;
import static dev.finetune4j.engine.check.privacy.Draw.WORDS;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** Secrets of every rule. All are drawn at run time: none was ever valid, and none stands in this file. */
final class SecretCases {
    private static final String BASE64 = ALNUM + "+/";

    private SecretCases() {}

    static List<RuleCases> vendorKeys() {
        return List.of(
                RuleCases.key("aws-access-key", "AK" + "IA", UPPER + "234567", 16),
                RuleCases.key("github-token", "gh" + "p_", ALNUM, 36),
                new RuleCases(
                        "github-fine-grained-token",
                        RuleCases.ANYWHERE,
                        draw -> "github_" + "pat_" + draw.of(ALNUM, 22) + "_" + draw.of(ALNUM, 59),
                        draw -> "github_" + "pat_" + draw.of(ALNUM, 22) + "-" + draw.of(ALNUM, 5)),
                RuleCases.key("gitlab-token", "gl" + "pat-", WORDS, 20),
                new RuleCases(
                        "slack-token",
                        RuleCases.ANYWHERE,
                        draw -> "xo" + "xb-" + draw.of(DIGITS, 12) + "-" + draw.of(DIGITS, 12) + "-"
                                + draw.of(ALNUM, 24),
                        draw -> "xo" + "xb-" + draw.any("not-a-token", draw.of(DIGITS, 5), "your-token-here")),
                new RuleCases(
                        "slack-webhook",
                        RuleCases.ANYWHERE,
                        draw -> "hooks.slack" + ".com/services/T" + draw.of(UPPER + DIGITS, 8) + "/B"
                                + draw.of(UPPER + DIGITS, 8) + "/" + draw.of(ALNUM, 24),
                        draw -> "hooks.slack" + ".com/services/T" + draw.any("/B/", "00/B00/xx", "EAM/name")),
                RuleCases.key("google-api-key", "AI" + "za", WORDS, 35),
                RuleCases.key("google-oauth-secret", "GOC" + "SPX-", WORDS, 28),
                new RuleCases(
                        "azure-storage-key",
                        List.of("DefaultEndpointsProtocol=https;AccountName=a;AccountKey=%s;EndpointSuffix=core"),
                        draw -> draw.of(BASE64, 86) + "==",
                        draw -> "AccountName=a;AccountKey=" + draw.any("<key>", "...", draw.of(BASE64, 9))),
                new RuleCases(
                        "azure-client-secret",
                        RuleCases.ANYWHERE,
                        draw -> draw.of(ALNUM, 3) + draw.of(DIGITS, 1) + "Q~" + draw.of(ALNUM, 34),
                        draw -> draw.of(LOWER, 3) + "Q~" + draw.of(ALNUM, 12)),
                RuleCases.key("openai-key", "sk-" + "proj-", WORDS, 120, "Q"),
                RuleCases.key("anthropic-key", "sk-" + "ant-api03-", WORDS, 93, "AA"),
                RuleCases.key("huggingface-token", "h" + "f_", LOWER + UPPER, 34),
                RuleCases.key("stripe-key", "sk_" + "live_", ALNUM, 24),
                RuleCases.key("twilio-key", "S" + "K", HEX, 32),
                new RuleCases(
                        "sendgrid-key",
                        RuleCases.ANYWHERE,
                        draw -> "S" + "G." + draw.of(WORDS, 22) + "." + draw.of(WORDS, 42) + "x",
                        draw -> "S" + "G." + draw.any("A.", "1.2", draw.of(WORDS, 10))),
                RuleCases.key("mailgun-key", "ke" + "y-", HEX, 32),
                RuleCases.key("npm-token", "np" + "m_", ALNUM, 36),
                RuleCases.key("pypi-token", "pyp" + "i-AgEIcHlwaS5vcmc", WORDS, 120),
                RuleCases.key("rubygems-key", "ruby" + "gems_", HEX, 48),
                RuleCases.key("databricks-token", "dap" + "i", HEX, 32),
                RuleCases.key("digitalocean-token", "dop" + "_v1_", HEX, 64),
                RuleCases.key("docker-hub-token", "dckr" + "_pat_", WORDS, 26, "k"),
                new RuleCases(
                        "telegram-bot-token",
                        RuleCases.ANYWHERE,
                        draw -> draw.number(1, 9) + draw.of(DIGITS, 8) + ":A" + "A" + draw.of(WORDS, 32) + "b",
                        draw -> "at " + draw.number(10, 99) + ":A" + "A" + draw.of(WORDS, 8)),
                new RuleCases(
                        "discord-webhook",
                        RuleCases.ANYWHERE,
                        draw -> "discord" + ".com/api/webhooks/" + draw.number(1, 9) + draw.of(DIGITS, 17) + "/"
                                + draw.of(WORDS, 67) + "a",
                        draw -> "discord" + ".com/api/webhooks/" + draw.of(DIGITS, 4)),
                RuleCases.key("shopify-token", "shp" + "at_", HEX, 32),
                RuleCases.key("square-token", "sq0" + "atp-", WORDS, 21, "z"),
                RuleCases.key("new-relic-key", "NR" + "AK-", UPPER + DIGITS, 27),
                RuleCases.key("linear-key", "lin" + "_api_", ALNUM, 40),
                RuleCases.key("notion-token", "nt" + "n_", ALNUM, 46),
                RuleCases.key("vault-token", "hv" + "s.", WORDS, 95),
                new RuleCases(
                        "grafana-token",
                        RuleCases.ANYWHERE,
                        draw -> "gl" + "sa_" + draw.of(ALNUM, 32) + "_" + draw.of(HEX, 8),
                        draw -> "gl" + "sa_" + draw.of(ALNUM, 12)),
                new RuleCases(
                        "age-key",
                        RuleCases.ANYWHERE,
                        draw -> "AGE-" + "SECRET-KEY-1" + draw.of("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
                        draw -> "AGE-" + "SECRET-KEY-1" + draw.of("B1IO", 20)));
    }

    static List<RuleCases> credentials() {
        return List.of(
                block("pem-private-key", "RSA PRIVATE" + " KEY"),
                block("ssh-private-key", "OPENSSH PRIVATE" + " KEY"),
                block("pgp-private-key", "PGP PRIVATE" + " KEY BLOCK"),
                new RuleCases(
                        "jwt",
                        RuleCases.ANYWHERE,
                        SecretCases::token,
                        draw -> base64(draw.any("{\"no\":1}", "{\"kid\":\"7\"}")) + "." + draw.of(ALNUM, 20) + "."
                                + draw.of(ALNUM, 30)),
                new RuleCases(
                        "gcp-service-account",
                        List.of(
                                "{\"type\": \"service_account\", \"private_key_id\": \"%s\"}",
                                "{\\\"private_key_id\\\": \\\"%s\\\"}"),
                        draw -> draw.of(HEX, 40),
                        draw -> "{\"private_key_id\": \"" + draw.any("", "none", draw.of(HEX, 12)) + "\"}"),
                new RuleCases(
                        "azure-sas",
                        List.of("https://a.blob.core/x?sv=2024-05-04&se=2026-01-01&sr=c&sp=r&sig=%s"),
                        draw -> draw.of(ALNUM, 43) + "%3D",
                        draw -> "https://a.blob.core/x?sv=2024-05-04&se=2026-01-01&sig="
                                + draw.any("", "none", draw.of(ALNUM, 9))),
                new RuleCases(
                        "aws-secret-key",
                        List.of(
                                "aws_secret_access_key = %s",
                                "AWS_SECRET_ACCESS_KEY=%s", "\"SecretAccessKey\": \"%s\"", "aws secret key: %s"),
                        draw -> draw.of(BASE64, 40),
                        draw -> "aws_secret_access_key = "
                                + draw.any("<your key>", "...", "a".repeat(40), "see the vault")),
                new RuleCases(
                        "url-password",
                        List.of("postgres://app:%s@db.internal:5432/x", "fetch https://jo:%s@host.org/a.git now"),
                        draw -> draw.of(ALNUM + "!$*+-", 12).replace('$', 'x'),
                        draw -> "postgres://"
                                + draw.any(
                                        "app:${PASSWORD}@db",
                                        "app@db:5432/x",
                                        "user:password@host",
                                        "db:5432/x?a=b@c")),
                new RuleCases(
                        "bearer-token",
                        List.of("Authorization: Bearer %s", "curl -H 'authorization: bearer %s' host"),
                        draw -> draw.of(ALNUM, 40) + "7aQ",
                        draw -> draw.any(
                                "the bearer of this letter is entitled",
                                "Bearer <token>",
                                "bearer authentication-scheme-of-the-web",
                                "Authorization: Bearer $TOKEN")),
                new RuleCases(
                        "basic-authorization",
                        List.of("Authorization: Basic %s", "'authorization': 'Basic %s'"),
                        draw -> base64(draw.of(LOWER, 6) + ":" + draw.of(ALNUM, 11)),
                        draw -> draw.any(
                                "Authorization: Basic realm",
                                "authorization: basic rules apply to everyone",
                                "Authorization: none")),
                new RuleCases(
                        "password",
                        List.of(
                                "password: %s",
                                "DB_PASSWORD=%s", "\"password\": \"%s\"", "pwd = '%s'", "passphrase=%s"),
                        draw -> draw.of(UPPER, 1) + draw.of(LOWER, 6) + draw.of(DIGITS, 3) + draw.any("!", "#", "_"),
                        draw -> draw.any(
                                "the password is required",
                                "password: string",
                                "password = os.environ",
                                "password: ${SECRET}",
                                "Password: ********",
                                "password=changeme123",
                                "pwd: /home/user",
                                "forgot your password?",
                                "password: (minimum 8 characters)")),
                new RuleCases(
                        "generic-secret",
                        List.of(
                                "api_key = \"%s\"",
                                "CLIENT_SECRET=%s", "\"access_key\": \"%s\"", "auth token: %s", "credential=%s"),
                        draw -> draw.of(ALNUM, 32) + "4",
                        draw -> draw.any(
                                "token: the smallest unit of text",
                                "secret = get_secret_from_vault()",
                                "api_key: YOUR_API_KEY_HERE_1234",
                                "token_count: 1234567890123456789",
                                "tokenizer: HuggingFaceTokenizerFast2",
                                "secret: not-for-everyone-to-know",
                                "api key=0000000000000000000000")));
    }

    private static RuleCases block(String rule, String name) {
        return new RuleCases(
                rule,
                List.of("%s", "the key is\n%s\nkeep it", "{\"key\": \"%s\"}"),
                draw -> "-----" + "BEGIN " + name + "-----\n" + draw.of(BASE64, 64) + "\n" + draw.of(BASE64, 64)
                        + "\n-----END " + name + "-----",
                draw -> draw.any(
                        "-----" + "BEGIN PUBLIC KEY-----\n" + draw.of(BASE64, 64) + "\n-----END PUBLIC KEY-----",
                        "-----" + "BEGIN CERTIFICATE-----\n" + draw.of(BASE64, 64) + "\n-----END CERTIFICATE-----",
                        "a file that starts with -----" + "BEGIN " + name + "-----",
                        "-----" + "BEGIN " + name + "-----\n...\n-----END " + name + "-----"));
    }

    private static String token(Draw draw) {
        String header = base64("{\"alg\":\"" + draw.any("HS256", "RS256", "ES384") + "\",\"typ\":\"JWT\"}");
        return header + "." + base64("{\"sub\":\"" + draw.of(DIGITS, 10) + "\"}") + "." + draw.of(WORDS, 42) + "w";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
