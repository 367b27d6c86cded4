package dev.finetune4j.aws.jumpstart;

import dev.finetune4j.aws.internal.AwsConnection;
import dev.finetune4j.aws.internal.jobs.SageMakerErrors;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Location;
import dev.finetune4j.error.Problem;
import dev.finetune4j.spi.ProviderContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sagemaker.SageMakerClient;
import software.amazon.awssdk.services.sagemaker.model.DescribeHubContentResponse;
import software.amazon.awssdk.services.sagemaker.model.HubContentType;
import software.amazon.awssdk.services.sagemaker.model.ListHubContentsRequest;
import software.amazon.awssdk.services.sagemaker.model.ListHubContentsResponse;
import software.amazon.awssdk.services.sagemaker.model.ResourceNotFoundException;

/** The models of SageMaker's public hub, as the service tells of them. Safe for use by several threads. */
final class HubModels implements AutoCloseable {
    /** The hub of all regions that have one. */
    static final String HUB = "SageMakerPublicHub";

    private static final int ATTEMPTS = 4;
    private static final Duration LONGEST_CALL = Duration.ofSeconds(60);
    private static final int NEAREST = 3;
    private static final int PAGE = 100;
    private static final int LETTERS = 3;

    private final SageMakerClient client;
    private final String region;

    private HubModels(SageMakerClient client, String region) {
        this.client = client;
        this.region = region;
    }

    /** Models of a region, with the credentials of the environment, a profile or the machine. Asks nothing yet. */
    static HubModels open(String region, ProviderContext context) {
        AwsConnection connection = new AwsConnection(region, "SAGEMAKER", ATTEMPTS, LONGEST_CALL);
        return new HubModels(connection.open(SageMakerClient.builder(), context), region);
    }

    /**
     * The document of a model.
     *
     * @param version of the document, or null for the newest
     * @throws FineTuneException with FT0913 if there is no such model, naming the three whose ids are most alike
     */
    HubDocument document(String id, @Nullable String version) {
        if (!isId(id)) {
            throw unknown(id, version);
        }
        try {
            DescribeHubContentResponse content = client.describeHubContent(request -> request.hubName(HUB)
                    .hubContentType(HubContentType.MODEL)
                    .hubContentName(id)
                    .hubContentVersion(version));
            return HubDocument.of(id, content.hubContentVersion(), content.hubContentDocument());
        } catch (ResourceNotFoundException e) {
            throw unknown(id, version);
        } catch (SdkException e) {
            throw SageMakerErrors.told(
                    e,
                    id,
                    region,
                    "aws sagemaker list-hub-contents --hub-content-type Model --region " + region + " --hub-name "
                            + HUB);
        }
    }

    /** Whether it has the form of an id; a path or another place's name has not. */
    private static boolean isId(String id) {
        return id.matches("[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}");
    }

    private FineTuneException unknown(String id, @Nullable String version) {
        Problem.Builder problem = JumpStartProblems.NO_SUCH_MODEL
                .error("the hub in " + region + " has no model " + id + (version == null ? "" : " " + version))
                .at(Location.ofKey(JumpStartSettings.PREFIX + (version == null ? "model" : JumpStartSettings.VERSION)));
        List<String> ids = ids();
        if (version != null && ids.contains(id)) {
            return problem.because("it has other versions of " + id)
                    .remedy("leave " + JumpStartSettings.PREFIX + JumpStartSettings.VERSION + " out, for the newest")
                    .asException();
        }
        nearest(id, ids).forEach(one -> problem.remedy(JumpStartSettings.PREFIX + "model: " + one));
        return problem.asException();
    }

    /** The ids that share most triples of letters with a name. */
    static List<String> nearest(String name, List<String> ids) {
        Set<String> wanted = triples(name);
        Comparator<String> alike = Comparator.comparingDouble(id -> -likeness(wanted, triples(id)));
        return ids.stream()
                .sorted(alike.thenComparing(Comparator.naturalOrder()))
                .limit(NEAREST)
                .toList();
    }

    private static double likeness(Set<String> one, Set<String> other) {
        Set<String> both = new HashSet<>(one);
        both.retainAll(other);
        return 2.0 * both.size() / Math.max(1, one.size() + other.size());
    }

    private static Set<String> triples(String name) {
        String text = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        Set<String> triples = new HashSet<>();
        for (int i = 0; i + LETTERS <= text.length(); i++) {
            triples.add(text.substring(i, i + LETTERS));
        }
        return triples;
    }

    private List<String> ids() {
        List<String> ids = new ArrayList<>();
        try {
            String token = null;
            do {
                ListHubContentsResponse page = client.listHubContents(page(token));
                page.hubContentSummaries().forEach(content -> ids.add(content.hubContentName()));
                token = page.nextToken();
            } while (token != null);
            return ids;
        } catch (SdkException e) {
            return List.of(); // who may describe a model need not be allowed to list all
        }
    }

    private static ListHubContentsRequest page(@Nullable String token) {
        return ListHubContentsRequest.builder()
                .hubName(HUB)
                .hubContentType(HubContentType.MODEL)
                .maxResults(PAGE)
                .nextToken(token)
                .build();
    }

    @Override
    public void close() {
        client.close();
    }
}
