package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.data.Message;
import dev.finetune4j.data.Role;
import dev.finetune4j.run.ChatQuestion;
import dev.finetune4j.run.ChatReply;
import dev.finetune4j.run.GeneratedText;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/** Questions to a hosted model and its base model by Converse. The service has no seed; what it is asked twice may be answered otherwise. */
final class HostedDialogue implements Dialogue {
    private static final Duration LONGEST_CALL = Duration.ofMinutes(5);

    private final BedrockRuntimeClient client;
    private final String tuned;
    private final String base;
    private final String region;

    private HostedDialogue(BedrockRuntimeClient client, String tuned, String base, String region) {
        this.client = client;
        this.tuned = tuned;
        this.base = base;
        this.region = region;
    }

    /**
     * A dialogue.
     *
     * @param tuned ARN of what hosts the tuned model
     * @param base id for asking of the base model
     */
    static HostedDialogue open(String tuned, String base, String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "BEDROCK_RUNTIME", BedrockCalls.ATTEMPTS, LONGEST_CALL);
        return new HostedDialogue(connection.open(BedrockRuntimeClient.builder(), context), tuned, base, region);
    }

    @Override
    public ChatReply ask(ChatQuestion question, Consumer<String> spoken) {
        String model = question.variant().isTuned() ? tuned : base;
        try {
            ConverseResponse answer = client.converse(request(model, question));
            String text = answer.output().message().content().stream()
                    .map(ContentBlock::text)
                    .filter(part -> part != null)
                    .collect(Collectors.joining());
            spoken.accept(text);
            boolean isWhole = answer.stopReason() != StopReason.MAX_TOKENS;
            int tokens = answer.usage().outputTokens();
            return new ChatReply(new GeneratedText(question.variant(), text, tokens, isWhole), 0, false, Map.of());
        } catch (SdkException e) {
            throw BedrockErrors.told(e, model, region);
        }
    }

    private static ConverseRequest request(String model, ChatQuestion question) {
        double temperature = Math.min(1, question.sampling().temperature()); // the service takes no more
        return ConverseRequest.builder()
                .modelId(model)
                .system(question.messages().stream()
                        .filter(message -> message.role() == Role.SYSTEM)
                        .map(message -> SystemContentBlock.builder()
                                .text(message.content())
                                .build())
                        .toList())
                .messages(question.messages().stream()
                        .filter(message -> message.role() != Role.SYSTEM)
                        .map(HostedDialogue::message)
                        .toList())
                .inferenceConfig(config -> config.maxTokens(question.sampling().maxNewTokens())
                        .temperature((float) temperature)
                        .topP(
                                question.sampling().topP() < 1
                                        ? (float) question.sampling().topP()
                                        : null))
                .build();
    }

    private static software.amazon.awssdk.services.bedrockruntime.model.Message message(Message message) {
        return software.amazon.awssdk.services.bedrockruntime.model.Message.builder()
                .role(message.role() == Role.USER ? ConversationRole.USER : ConversationRole.ASSISTANT)
                .content(ContentBlock.fromText(message.content()))
                .build();
    }

    /** Without effect: an answer comes as a whole. */
    @Override
    public void interrupt() {}

    /** What hosts the model stays, and what it costs with it. */
    @Override
    public void close() {
        client.close();
    }
}
