package dev.finetune4j.offlinecloud.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.json.Json;
import dev.finetune4j.offlinecloud.bedrock.BaseModels.BaseModel;
import dev.finetune4j.offlinecloud.learner.Exchange;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of records, read as the service reads it once a job has begun. Two of its messages are known from jobs that failed for others: that
 * of a record in another form, and that of too many tokens; the rest is worded alike.
 */
final class DataFile {
    /** A guess of the tokens of a text; the service counts them by the model's own tokenizer. */
    private static final int CHARACTERS_A_TOKEN = 4;

    /** Texts that Nova takes for marks of its own. */
    private static final List<String> RESERVED = List.of(
            "System:",
            "SYSTEM:",
            "User:",
            "USER:",
            "Bot:",
            "BOT:",
            "Assistant:",
            "ASSISTANT:",
            "Thought:",
            "[EOS]",
            "<image>",
            "<video>");

    private final BaseModel model;
    private final String key;
    private final boolean isTraining;

    /**
     * A file.
     *
     * @param key where it lies in its bucket, for messages
     * @param isTraining whether it is trained on, and not only compared with
     */
    DataFile(BaseModel model, String key, boolean isTraining) {
        this.model = model;
        this.key = key;
        this.isTraining = isTraining;
    }

    /**
     * Answers of all records, in order.
     *
     * @throws DataRefusal if the job fails by them
     */
    List<String> answers(Path file) throws DataRefusal {
        return exchanges(file).stream().map(Exchange::answer).toList();
    }

    /**
     * What is said in all records, in order.
     *
     * @throws DataRefusal if the job fails by them
     */
    List<Exchange> exchanges(Path file) throws DataRefusal {
        if (!key.endsWith(".jsonl")) {
            throw new DataRefusal("Input data at " + key + " must be a file in JSONL format with the extension .jsonl");
        }
        List<Exchange> exchanges = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                exchanges.add(exchange(line));
            }
        } catch (MalformedInputException e) {
            throw new DataRefusal("Input data at " + key + " must be encoded in UTF-8");
        } catch (IOException e) {
            throw new DataRefusal("Could not read the input data at " + key);
        }
        int most = isTraining ? model.traits().maxRecords() : model.traits().maxValidationRecords();
        int least = isTraining ? model.traits().minRecords() : 1;
        if (exchanges.size() < least || exchanges.size() > most) {
            throw new DataRefusal("The number of records in " + key + " must be between " + least + " and " + most
                    + ", but there are " + exchanges.size());
        }
        return exchanges;
    }

    private Exchange exchange(String line) throws DataRefusal {
        JsonNode record = parse(line);
        RecordForm form = RecordForm.of(model.traits().format());
        String answer = form.answer(record, model.seesImages()).orElseThrow(() -> otherForm(form));
        int tokens = line.length() / CHARACTERS_A_TOKEN;
        if (tokens > model.contextTokens()) {
            throw new DataRefusal("Maximum input token count " + tokens + " exceeds limit of " + model.contextTokens()
                    + " for " + (isTraining ? "train" : "validation") + " data");
        }
        if (model.family().startsWith("nova")) {
            for (String reserved : RESERVED) {
                if (line.contains(reserved)) {
                    throw new DataRefusal("Input data at " + key + " contains the reserved keyword " + reserved);
                }
            }
        }
        return new Exchange(form.question(record, model.seesImages()), answer);
    }

    private JsonNode parse(String line) throws DataRefusal {
        try {
            return Json.records().readTree(line);
        } catch (JsonProcessingException e) {
            throw otherForm(RecordForm.of(model.traits().format()));
        }
    }

    private DataRefusal otherForm(RecordForm form) {
        return new DataRefusal("Input data at " + key + " must follow '" + form.shown() + "' format");
    }
}
