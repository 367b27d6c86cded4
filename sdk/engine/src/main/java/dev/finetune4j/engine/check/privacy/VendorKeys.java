package dev.finetune4j.engine.check.privacy;

import java.util.List;

/**
 * Keys and tokens that vendors made recognisable by a prefix or a fixed part. Shapes as documented by the vendors and used by
 * gitleaks 8 and by GitHub's secret scanning.
 */
final class VendorKeys {
    private static final String END = "(?![A-Za-z0-9_])";

    private VendorKeys() {}

    static List<Detector> detectors() {
        return List.of(
                key(
                        "aws-access-key",
                        "AWS access key id",
                        Shape.of("(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}" + END).random(3),
                        "akia",
                        "asia",
                        "abia",
                        "acca"),
                key(
                        "github-token",
                        "GitHub token",
                        Shape.of("gh[pousr]_[A-Za-z0-9]{36}" + END).random(3),
                        "ghp_",
                        "gho_",
                        "ghu_",
                        "ghs_",
                        "ghr_"),
                key(
                        "github-fine-grained-token",
                        "GitHub fine-grained token",
                        Shape.of("github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}" + END)
                                .random(3),
                        "github_pat_"),
                key(
                        "gitlab-token",
                        "GitLab token",
                        Shape.of("gl(?:pat|dt|rt|ptt|cbt)-[A-Za-z0-9_-]{20,64}+" + END)
                                .random(3),
                        "glpat-",
                        "gldt-",
                        "glrt-",
                        "glptt-",
                        "glcbt-"),
                key(
                        "slack-token",
                        "Slack token",
                        Shape.of("xox[abeprs]-[0-9]{8,14}-[A-Za-z0-9-]{16,200}+" + END)
                                .random(3),
                        "xoxa-",
                        "xoxb-",
                        "xoxe-",
                        "xoxp-",
                        "xoxr-",
                        "xoxs-"),
                key(
                        "slack-webhook",
                        "Slack webhook address",
                        Shape.of(
                                "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Z0-9]{8,12}/[A-Z0-9]{8,12}/[A-Za-z0-9]{20,32}"
                                        + END),
                        "hooks.slack.com/"),
                key(
                        "google-api-key",
                        "Google API key",
                        Shape.of("AIza[A-Za-z0-9_-]{35}" + END).random(3.5),
                        "aiza"),
                key(
                        "google-oauth-secret",
                        "Google OAuth client secret",
                        Shape.of("GOCSPX-[A-Za-z0-9_-]{28}" + END).random(3),
                        "gocspx-"),
                key(
                        "azure-storage-key",
                        "Azure storage account key",
                        Shape.of("AccountKey=([A-Za-z0-9+/]{86}==)").random(4),
                        "accountkey="),
                key(
                        "azure-client-secret",
                        "Azure client secret",
                        Shape.of("([A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?![A-Za-z0-9_~-])")
                                .startingBefore(4)
                                .random(3),
                        "q~"),
                key(
                        "openai-key",
                        "OpenAI API key",
                        Shape.of("sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,200}+|[A-Za-z0-9]{48})" + END)
                                .random(3.5),
                        "sk-"),
                key(
                        "anthropic-key",
                        "Anthropic API key",
                        Shape.of("sk-ant-(?:api|admin|sid)[0-9]{2}-[A-Za-z0-9_-]{80,120}+" + END)
                                .random(3.5),
                        "sk-ant-"),
                key(
                        "huggingface-token",
                        "Hugging Face token",
                        Shape.of("(?:hf|api_org)_[A-Za-z0-9]{34}" + END).random(3),
                        "hf_",
                        "api_org_"),
                key(
                        "stripe-key",
                        "Stripe key",
                        Shape.of("(?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,99}+" + END)
                                .random(3),
                        "sk_live_",
                        "sk_test_",
                        "sk_prod_",
                        "rk_live_",
                        "rk_test_",
                        "rk_prod_"),
                key(
                        "twilio-key",
                        "Twilio API key",
                        Shape.of("SK[0-9a-f]{32}" + END).random(3),
                        "sk"),
                key(
                        "sendgrid-key",
                        "SendGrid API key",
                        Shape.of("SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}" + END)
                                .random(3.5),
                        "sg."),
                key(
                        "mailgun-key",
                        "Mailgun API key",
                        Shape.of("key-[0-9a-f]{32}" + END).random(3),
                        "key-"),
                key(
                        "npm-token",
                        "npm token",
                        Shape.of("npm_[A-Za-z0-9]{36}" + END).random(3),
                        "npm_"),
                key(
                        "pypi-token",
                        "PyPI token",
                        Shape.of("pypi-AgE[A-Za-z0-9_-]{50,1000}+").within(1100).random(3.5),
                        "pypi-age"),
                key(
                        "rubygems-key",
                        "RubyGems API key",
                        Shape.of("rubygems_[0-9a-f]{48}" + END).random(3),
                        "rubygems_"),
                key(
                        "databricks-token",
                        "Databricks token",
                        Shape.of("dapi[0-9a-f]{32}(?:-[0-9])?" + END).random(3),
                        "dapi"),
                key(
                        "digitalocean-token",
                        "DigitalOcean token",
                        Shape.of("do[por]_v1_[0-9a-f]{64}" + END).random(3),
                        "dop_v1_",
                        "doo_v1_",
                        "dor_v1_"),
                key(
                        "docker-hub-token",
                        "Docker Hub token",
                        Shape.of("dckr_(?:pat|oat)_[A-Za-z0-9_-]{27,32}" + END).random(3),
                        "dckr_pat_",
                        "dckr_oat_"),
                key("telegram-bot-token", "Telegram bot token", telegram(), ":aa"),
                key(
                        "discord-webhook",
                        "Discord webhook address",
                        Shape.of("discord(?:app)?\\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}" + END),
                        "discord.com/",
                        "discordapp.com/"),
                key(
                        "shopify-token",
                        "Shopify token",
                        Shape.of("shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}" + END).random(3),
                        "shpat_",
                        "shpca_",
                        "shppa_",
                        "shpss_"),
                key(
                        "square-token",
                        "Square token",
                        Shape.of("sq0(?:atp-[A-Za-z0-9_-]{22}|csp-[A-Za-z0-9_-]{43})" + END)
                                .random(3),
                        "sq0atp-",
                        "sq0csp-"),
                key(
                        "new-relic-key",
                        "New Relic key",
                        Shape.of("NRAK-[A-Z0-9]{27}" + END).random(3),
                        "nrak-"),
                key(
                        "linear-key",
                        "Linear API key",
                        Shape.of("lin_api_[A-Za-z0-9]{40}" + END).random(3),
                        "lin_api_"),
                key(
                        "notion-token",
                        "Notion token",
                        Shape.of("ntn_[A-Za-z0-9]{46}" + END).random(3),
                        "ntn_"),
                key(
                        "vault-token",
                        "HashiCorp Vault token",
                        Shape.of("hv[sb]\\.[A-Za-z0-9_-]{90,200}+").random(3.5),
                        "hvs.",
                        "hvb."),
                key(
                        "grafana-token",
                        "Grafana token",
                        Shape.of("gl(?:sa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|c_[A-Za-z0-9+/]{32,200}+={0,2})" + END)
                                .random(3),
                        "glsa_",
                        "glc_"),
                key(
                        "age-key",
                        "age secret key",
                        Shape.of("AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}" + END),
                        "age-secret-key-1"));
    }

    /** The bot's number of 8 to 10 digits stands before the trigger. */
    private static Detector.PlaceMatcher telegram() {
        return (text, start, end) -> {
            int number = start;
            while (number > 0 && start - number < 11 && NumberGroups.isDigit(text.charAt(number - 1))) {
                number--;
            }
            if (start - number < 8 || start - number > 10 || !Surroundings.startsWord(text, number)) {
                return null;
            }
            int tokenEnd = end - 2 + 35;
            if (tokenEnd > text.length()
                    || !text.subSequence(end - 2, end).toString().equals("AA")) {
                return null;
            }
            for (int i = end; i < tokenEnd; i++) {
                if (!Surroundings.isWordPart(text.charAt(i)) && text.charAt(i) != '-') {
                    return null;
                }
            }
            return Surroundings.endsWord(text, tokenEnd) ? new Detector.Span(number, tokenEnd) : null;
        };
    }

    private static Detector key(String id, String title, Detector.PlaceMatcher matcher, String... keywords) {
        return new Detector.AtKeyword(
                PrivacyRule.secret(id, title, PrivacyRule.UNMISTAKABLE), List.of(keywords), matcher);
    }
}
