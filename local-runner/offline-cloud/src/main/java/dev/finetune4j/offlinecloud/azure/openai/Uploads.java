package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.openai.DataOperation.Paths;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.ByteArrayOutputStream;
import java.util.List;

/** Files that are sent in parts, which the classic paths take only. Guarded by the service that owns it. */
final class Uploads {
    private static final int OK = 200;
    private static final String ACTION = "uploads/write";

    private final OfflineOpenAi service;
    private final Files files;

    Uploads(OfflineOpenAi service, Files files) {
        this.service = service;
        this.files = files;
    }

    /** What can be asked for. */
    List<DataOperation> operations() {
        String one = "/uploads/{id}";
        return List.of(
                DataOperation.of("UploadFile_Start", "POST", "/uploads", ACTION, Paths.CLASSIC, this::start),
                DataOperation.of("UploadFile_Part", "POST", one + "/parts", ACTION, Paths.CLASSIC, this::part),
                DataOperation.of(
                        "UploadFile_Complete", "POST", one + "/complete", ACTION, Paths.CLASSIC, this::complete),
                DataOperation.of("UploadFile_Cancel", "POST", one + "/cancel", ACTION, Paths.CLASSIC, this::cancel));
    }

    private Answer start(DataCall call) throws ServiceError {
        ObjectNode body = call.json();
        for (String member : List.of("filename", "purpose", "mime_type")) {
            if (body.path(member).asText().isEmpty()) {
                throw OpenAiErrors.invalid("The member '" + member + "' is required.");
            }
        }
        long bytes = body.path("bytes").asLong();
        if (bytes < 1 || bytes > service.limits().fileBytes()) {
            throw OpenAiErrors.invalid(
                    "bytes must be from 1 to " + service.limits().fileBytes() + ", was " + body.path("bytes") + ".");
        }
        Upload upload = new Upload(
                "upload_" + Files.hex(),
                body.path("filename").asText(),
                body.path("purpose").asText(),
                bytes,
                service.now());
        call.account().uploads().put(upload.id(), upload);
        return AzureProtocol.json(OK, upload.described(service.now()));
    }

    private Upload pending(DataCall call) throws ServiceError {
        Upload upload = call.account().uploads().get(call.label("id"));
        if (upload == null) {
            throw OpenAiErrors.notFound("The upload '" + call.label("id") + "' was not found.");
        }
        if (!upload.status(service.now()).equals("pending")) {
            throw OpenAiErrors.state("The upload '" + upload.id() + "' is " + upload.status(service.now()) + ".");
        }
        return upload;
    }

    private Answer part(DataCall call) throws ServiceError {
        Upload upload = pending(call);
        byte[] data = Multipart.named(call.parts(), "data")
                .map(part -> part.content().bytes())
                .orElseThrow(() -> OpenAiErrors.invalid("The form has no file 'data'."));
        if (data.length > service.limits().partBytes()) {
            throw OpenAiErrors.tooLarge("The part has " + data.length + " bytes, but a part may have "
                    + service.limits().partBytes() + " at most.");
        }
        if (upload.isFull(data.length)) {
            throw OpenAiErrors.tooLarge("The parts of the upload have more than twice the " + upload.bytes()
                    + " bytes that were announced.");
        }
        String id = "part_" + Files.hex();
        upload.parts().put(id, data);
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("object", "upload.part")
                .put("id", id)
                .put("created_at", service.now().getEpochSecond())
                .put("upload_id", upload.id());
        return AzureProtocol.json(OK, answer);
    }

    private Answer complete(DataCall call) throws ServiceError {
        Upload upload = pending(call);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (JsonNode id : call.json().path("part_ids")) {
            byte[] part = upload.parts().get(id.asText());
            if (part == null) {
                throw OpenAiErrors.invalid("The upload has no part '" + id.asText() + "'.");
            }
            whole.writeBytes(part);
        }
        if (whole.size() != upload.bytes()) {
            throw OpenAiErrors.invalid(
                    "The parts have " + whole.size() + " bytes together, but " + upload.bytes() + " were announced.");
        }
        upload.complete(files.store(call.account(), upload.name(), upload.purpose(), whole.toByteArray()));
        return AzureProtocol.json(OK, upload.described(service.now()));
    }

    private Answer cancel(DataCall call) throws ServiceError {
        Upload upload = pending(call);
        upload.cancel();
        return AzureProtocol.json(OK, upload.described(service.now()));
    }
}
