package dev.finetune4j.engine.report.view;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The page around the sections. */
final class Page {
    private static final Html STYLE = style();

    private Page() {}

    /** A complete page. Its content security policy forbids every request and every script, whatever a row may hold. */
    static String of(String title, Html content) {
        return Html.of("""
                        <!DOCTYPE html>
                        <html lang="en"><head><meta charset="utf-8">
                        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
                        form-action 'none'; base-uri 'none'">
                        <meta name="viewport" content="width=device-width, initial-scale=1">
                        <meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
                        <title>{}</title><style>{}</style></head>
                        <body><main>{}</main><footer>Written by finetune4j. This page makes no request; the same figures are in \
                        its JSON.</footer></body></html>
                        """, title, STYLE, content).markup();
    }

    private static Html style() {
        try (InputStream stream = Objects.requireNonNull(Page.class.getResourceAsStream("page.css"), "page.css")) {
            return new Html(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
