package dev.finetune4j.offlinecloud.player;

import dev.finetune4j.offlinecloud.azure.blob.Azurite;
import dev.finetune4j.offlinecloud.azure.openai.OfflineOpenAi;
import dev.finetune4j.spi.CloudPlayer;
import dev.finetune4j.spi.ProviderContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Plays Microsoft's cloud. */
public final class AzurePlayer implements CloudPlayer {
    @Override
    public String vendor() {
        return "azure";
    }

    @Override
    public String about() {
        return "command jobs of Azure Machine Learning, run history and MLflow, and Azure OpenAI's fine-tuning, over https, tokens of"
                + " Entra ID, and Blob storage by Azurite, which npm installs the first time";
    }

    @Override
    public List<String> notes() {
        return List.of(
                "Azure OpenAI is in " + OfflineOpenAi.REGION + ", and learns by counting, without weights.",
                "A command job trains by what python3 on the PATH brings: torch, transformers and PEFT.",
                "curl takes --cacert $SSL_CERT_FILE besides.");
    }

    @Override
    public String usualRegion() {
        return "westeurope";
    }

    @Override
    public Optional<String> modelUse() {
        return Optional.empty();
    }

    @Override
    public List<Order> orders() {
        return CommonOrders.and(
                new Order("machines", "quota", "family, value"),
                new Order("lists", "delay-lists", "seconds"),
                new Order("OpenAI", "fail-tuning", "job, code, message, param"),
                new Order("OpenAI", "training-price", "model, dollars"),
                new Order("OpenAI", "fail-deployment", "deployment, reason"));
    }

    @Override
    public String exampleOrder() {
        return "{\"do\": \"sell-out\", \"machine\": \"Standard_NC24ads_A100_v4\"}";
    }

    @Override
    public Optional<String> preparation(ProviderContext context) {
        Path store = store(context);
        return Azurite.isInstalled(store)
                ? Optional.empty()
                : Optional.of("npm installs Azurite, the store, into " + store + ", which takes a minute or two");
    }

    @Override
    public PlayedCloud start(ProviderContext context, Path folder, String region, @Nullable Path model)
            throws IOException {
        return new PlayedAzure(store(context), folder, context.environment(), region);
    }

    /** Where the store's program is kept from one start to the next. */
    private static Path store(ProviderContext context) {
        return context.home().resolve("cache").resolve("azurite");
    }
}
