package dev.finetune4j.offlinecloud.azure.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MultipartTest {
    private static final String TYPE = "multipart/form-data; boundary=\"b-1\"";

    private static List<Multipart.Part> parsed(String type, String body) throws ServiceError {
        return Multipart.parse(type, body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void partsHaveNamesTypesAndBytesAsTheyWereSent() throws ServiceError {
        List<Multipart.Part> parts = parsed(TYPE, """
                --b-1
                content-disposition: form-data; name="purpose"

                fine-tune
                --b-1
                Content-Disposition: form-data; name="file"; filename="tickets.jsonl"
                Content-Type: application/jsonl

                {"a": 1}

                {"b": 2}

                --b-1
                Content-Disposition: form-data; name="nothing"


                --b-1--
                """.replace("\n", "\r\n"));

        assertThat(parts).extracting(Multipart.Part::name).containsExactly("purpose", "file", "nothing");
        assertThat(parts).extracting(Multipart.Part::filename).containsExactly("", "tickets.jsonl", "");
        assertThat(parts).extracting(Multipart.Part::contentType).containsExactly("", "application/jsonl", "");
        assertThat(parts)
                .extracting(part -> part.content().text())
                .containsExactly("fine-tune", "{\"a\": 1}\r\n\r\n{\"b\": 2}\r\n", "");
    }

    @Test
    void namesNeedNoQuotes() throws ServiceError {
        List<Multipart.Part> parts = parsed(TYPE, """
                --b-1
                Content-Disposition: form-data; name=purpose

                fine-tune
                --b-1
                Content-Disposition: form-data; name=file; filename=train.jsonl; filename*=utf-8''train.jsonl

                {}
                --b-1--
                """.replace("\n", "\r\n"));

        assertThat(parts).extracting(Multipart.Part::name).containsExactly("purpose", "file");
        assertThat(parts).extracting(Multipart.Part::filename).containsExactly("", "train.jsonl");
    }

    @Test
    void whatIsNoSuchFormIsRefused() {
        assertThatThrownBy(() -> parsed("application/json", "{}"))
                .hasMessage("The request must be of content type multipart/form-data with a boundary, was"
                        + " 'application/json'.");
        assertThatThrownBy(() -> parsed(TYPE, "--b-1\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhalf"))
                .hasMessage("The form of several parts has no end.");
        assertThatThrownBy(() -> parsed(TYPE, "")).hasMessage("The form of several parts has no end.");
        assertThatThrownBy(() -> parsed(TYPE, "--b-1\r\nno gap\r\n--b-1--"))
                .hasMessage("A part of the form has no headers.");
    }
}
