package dev.finetune4j.offlinecloud.azure.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.azure.rest.AzureProtocol;
import dev.finetune4j.offlinecloud.wire.Answer;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** The files of all resources. Guarded by the service that owns it. */
final class Files {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int MOST_LISTED = 10_000;

    private final OfflineOpenAi service;

    Files(OfflineOpenAi service) {
        this.service = service;
    }

    /** What can be asked for. */
    List<DataOperation> operations() {
        return List.of(
                DataOperation.of("Files_Upload", "POST", "/files", "files/write", this::upload),
                DataOperation.of("Files_List", "GET", "/files", "files/read", this::list),
                DataOperation.of("Files_Get", "GET", "/files/{id}", "files/read", this::get),
                DataOperation.of("Files_GetContent", "GET", "/files/{id}/content", "files/read", this::content),
                DataOperation.of("Files_Delete", "DELETE", "/files/{id}", "files/delete", this::delete));
    }

    private Answer upload(DataCall call) throws ServiceError {
        List<Multipart.Part> parts = call.parts();
        String purpose = Multipart.named(parts, "purpose")
                .map(part -> part.content().text())
                .orElseThrow(() -> OpenAiErrors.invalid("The form has no field 'purpose'."));
        Multipart.Part file =
                Multipart.named(parts, "file").orElseThrow(() -> OpenAiErrors.invalid("The form has no file 'file'."));
        if (file.contentType().isEmpty()) {
            throw OpenAiErrors.invalid("The file has no or an empty content type specified.");
        }
        long most = service.limits().onceBytes();
        if (file.content().bytes().length > most) {
            throw OpenAiErrors.tooLarge("The file has " + file.content().bytes().length
                    + " bytes, but a file that is sent at once may have " + most + " at most. Send it in parts.");
        }
        StoredFile stored =
                store(call.account(), file.filename(), purpose, file.content().bytes());
        return AzureProtocol.json(CREATED, stored.described(service.now()))
                .with("Location", call.root() + "/files/" + stored.id());
    }

    /**
     * Keeps what somebody sent.
     *
     * @throws ServiceError if it is no file for training, or the resource has no room for it
     */
    StoredFile store(Account account, String name, String purpose, byte[] content) throws ServiceError {
        OpenAiLimits limits = service.limits();
        if (!purpose.equals(StoredFile.TRAINING)) {
            throw OpenAiErrors.invalid(
                    "The offline cloud takes files of the purpose 'fine-tune' only, was '" + purpose + "'.");
        }
        if (!name.endsWith(".jsonl")) {
            throw OpenAiErrors.invalid("The file name '" + name + "' must end with .jsonl.");
        }
        if (content.length > limits.fileBytes()) {
            throw OpenAiErrors.tooLarge("The file has " + content.length + " bytes, but a file may have "
                    + limits.fileBytes() + " at most.");
        }
        long sent = account.files().values().stream()
                .filter(file -> file.purpose().equals(StoredFile.TRAINING))
                .count();
        if (sent >= limits.files()) {
            throw OpenAiErrors.overQuota(
                    "The resource has " + sent + " files, which is the limit. Delete files that no job needs.");
        }
        long all = account.files().values().stream()
                .mapToLong(file -> file.content().length)
                .sum();
        if (all + content.length > limits.allBytes()) {
            throw OpenAiErrors.overQuota("The files of the resource would have " + (all + content.length)
                    + " bytes, but may have " + limits.allBytes() + " in total.");
        }
        Instant now = service.now();
        return keep(
                account, name, purpose, content, now, now.plus(service.pace().importing()));
    }

    /** Keeps what a job made. */
    StoredFile keepResults(Account account, byte[] content, Instant at) {
        return keep(account, "results.csv", StoredFile.RESULTS, content, at, at);
    }

    private static StoredFile keep(
            Account account, String name, String purpose, byte[] content, Instant at, Instant dueAt) {
        String id = "file-" + hex();
        StoredFile stored = new StoredFile(id, name, purpose, content, at, dueAt);
        account.files().put(id, stored);
        return stored;
    }

    /** Thirty-two digits that nothing else has. */
    static String hex() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    private Answer list(DataCall call) throws ServiceError {
        Map<String, StoredFile> shown = new LinkedHashMap<>();
        call.account().files().forEach((id, file) -> {
            boolean isWanted =
                    call.query("purpose").isEmpty() || call.query("purpose").equals(file.purpose());
            if (isWanted && service.isListed(file.createdAt())) {
                shown.put(id, file);
            }
        });
        Function<StoredFile, ObjectNode> told = file -> file.described(service.now());
        if (!call.isV1()) {
            return AzureProtocol.json(OK, Listing.whole(Listing.reversed(shown), told));
        }
        Map<String, StoredFile> ordered = isOldestFirst(call) ? shown : Listing.reversed(shown);
        return AzureProtocol.json(OK, Listing.page(call, ordered, MOST_LISTED, MOST_LISTED, told));
    }

    private static boolean isOldestFirst(DataCall call) throws ServiceError {
        String order = call.query("order");
        if (!order.isEmpty() && !order.equals("asc") && !order.equals("desc")) {
            throw OpenAiErrors.invalid("order must be asc or desc, was '" + order + "'.");
        }
        return order.equals("asc");
    }

    private static StoredFile existing(DataCall call) throws ServiceError {
        StoredFile file = call.account().files().get(call.label("id"));
        if (file == null) {
            throw OpenAiErrors.notFound("The file '" + call.label("id") + "' was not found.");
        }
        return file;
    }

    private Answer get(DataCall call) throws ServiceError {
        return AzureProtocol.json(OK, existing(call).described(service.now()));
    }

    private Answer content(DataCall call) throws ServiceError {
        byte[] content = existing(call).content();
        return new Answer(
                OK,
                Map.of("Content-Type", "application/octet-stream"),
                content.length,
                new ByteArrayInputStream(content));
    }

    private Answer delete(DataCall call) throws ServiceError {
        StoredFile file = existing(call);
        call.account().files().remove(file.id());
        ObjectNode answer = Json.records()
                .createObjectNode()
                .put("object", "file")
                .put("id", file.id())
                .put("deleted", true);
        return AzureProtocol.json(OK, answer);
    }
}
