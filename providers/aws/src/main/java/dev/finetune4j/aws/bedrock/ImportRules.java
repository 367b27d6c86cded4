package dev.finetune4j.aws.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which models Bedrock takes in that were trained elsewhere, and where: told before one is merged and sent. */
final class ImportRules {
    private static final List<String> REGIONS = List.of("us-east-1", "us-east-2", "us-west-2", "eu-central-1");

    /** Bedrock user guide: Llama 2 to 3.3, Mistral, Mixtral, Flan-T5, GPTBigCode, Qwen 2, 2.5 and 3, GPT-OSS. */
    private static final List<String> ARCHITECTURES = List.of(
            "GPTBigCodeForCausalLM",
            "GptOssForCausalLM",
            "LlamaForCausalLM",
            "MistralForCausalLM",
            "MixtralForCausalLM",
            "Qwen2ForCausalLM",
            "Qwen3ForCausalLM",
            "T5ForConditionalGeneration");

    private static final List<String> NEEDED = List.of("tokenizer.json", "tokenizer_config.json");

    private ImportRules() {}

    static List<Problem> problems(Path model, String region) {
        List<Problem> problems = new ArrayList<>();
        if (!REGIONS.contains(region)) {
            problems.add(BedrockProblems.NOT_IMPORTED
                    .error("Bedrock takes no models in in " + region)
                    .at(Location.ofKey(BedrockSettings.PREFIX + "region"))
                    .because("it does in " + String.join(", ", REGIONS))
                    .remedy(BedrockSettings.PREFIX + "region: us-east-1")
                    .build());
        }
        if (Files.isRegularFile(model)) {
            problems.add(BedrockProblems.NOT_IMPORTED
                    .error("Bedrock takes no model in whose base model is one file")
                    .at(Location.of(model.toString()))
                    .because("it takes folders in Hugging Face layout, and a GGUF file is none")
                    .remedy("train with a model in Hugging Face layout: a folder with config.json and tokenizer.json")
                    .build());
            return problems;
        }
        String architecture = architecture(model);
        if (!ARCHITECTURES.contains(architecture)) {
            problems.add(BedrockProblems.NOT_IMPORTED
                    .error("Bedrock takes no model in whose architecture is "
                            + (architecture.isEmpty() ? "not told in a config.json" : architecture))
                    .at(Location.of(model.resolve("config.json").toString()))
                    .because("it takes " + String.join(", ", ARCHITECTURES))
                    .build());
        }
        List<String> missing = NEEDED.stream()
                .filter(name -> Files.notExists(model.resolve(name)))
                .toList();
        if (!missing.isEmpty()) {
            problems.add(BedrockProblems.NOT_IMPORTED
                    .error("Bedrock takes no model in without " + String.join(" and ", missing))
                    .at(Location.of(model.toString()))
                    .build());
        }
        return problems;
    }

    private static String architecture(Path model) {
        Path config = model.resolve("config.json");
        try {
            return Files.notExists(config)
                    ? ""
                    : Json.read(Files.readString(config), JsonNode.class)
                            .path("architectures")
                            .path(0)
                            .asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
