package dev.finetune4j.aws;

import static dev.finetune4j.aws.PriceListServer.error;
import static dev.finetune4j.aws.PriceListServer.json;
import static dev.finetune4j.aws.PriceListServer.machine;
import static dev.finetune4j.aws.PriceListServer.page;
import static dev.finetune4j.aws.PriceListServer.pageText;
import static dev.finetune4j.aws.PriceListServer.product;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.finetune4j.error.ExitCode;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.error.Severity;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.plan.PriceFact;
import dev.finetune4j.spi.OfferSource.Refreshed;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.value.Money;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwsRefreshTest {
    private static final String G5 = "sagemaker/us-east-1/ml.g5.2xlarge/on-demand";

    private final PriceListServer server = new PriceListServer();
    private final AwsOfferSource source = new AwsOfferSource();
    private final List<Offer> known = source.offers();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void takesPricesFromEveryPage() {
        server.training(
                "us-east-1",
                List.of(machine("ml.g5.2xlarge", "1.4000000000"), machine("ml.t3.medium", "0.0500000000")),
                List.of(machine("ml.g6.2xlarge", "1.1000000000")),
                List.of(machine("ml.p5en.48xlarge", "70.1000000000")));

        Refreshed refreshed = source.refresh(server.context(), known);

        assertThat(price(refreshed, G5)).hasValueSatisfying(price -> {
            assertThat(price.amount()).isEqualTo(Money.parse("1.4 USD"));
            assertThat(price.date()).isEqualTo(LocalDate.of(2026, 11, 24));
            assertThat(price.isEstimate()).isFalse();
            assertThat(price.source()).contains("Price List API");
        });
        assertThat(price(refreshed, "sagemaker/us-east-1/ml.g6.2xlarge/on-demand"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("1.1 USD")));
        assertThat(price(refreshed, "jumpstart/us-east-1/ml.g5.2xlarge/on-demand"))
                .isEqualTo(price(refreshed, G5));
        assertThat(refreshed.offers())
                .hasSameSizeAs(known)
                .extracting(Offer::id)
                .containsExactlyElementsOf(known.stream().map(Offer::id).toList());
    }

    @Test
    void anEstimateGivesWayToAPriceThatIsRead() {
        String id = "sagemaker/eu-central-1/ml.g5.2xlarge/on-demand";
        server.training("eu-central-1", List.of(machine("ml.g5.2xlarge", "1.9000000000")));

        assertThat(price(known, id))
                .hasValueSatisfying(price -> assertThat(price.isEstimate()).isTrue());
        assertThat(price(source.refresh(server.context(), known), id))
                .hasValueSatisfying(price -> assertThat(price.isEstimate()).isFalse());
    }

    @Test
    void aTypeWithoutANameIsReadFromItsUsage() {
        server.training(
                "us-east-1",
                List.of(product(Map.of("usagetype", "USE1-Train:ml.g5.2xlarge", "instanceName", "NA"), "Hrs", "1.3")));

        assertThat(price(source.refresh(server.context(), known), G5))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("1.3 USD")));
    }

    @Test
    void tokensArePricedByTheMillionWhateverTheUnitOfTheList() {
        server.bedrock(
                "USE1-NovaMicro-Customization-Training",
                product(Map.of("usagetype", "x"), "1K tokens", "0.0012000000"));
        server.bedrock("USE1-NovaLite-Customization-Training", product(Map.of("usagetype", "x"), "1M tokens", "2.5"));
        server.bedrock("USE1-NovaPro-Customization-Training", product(Map.of("usagetype", "x"), "1B tokens", "9"));

        Refreshed refreshed = source.refresh(server.context(), known);

        assertThat(price(refreshed, "bedrock/us-east-1/amazon.nova-micro-v1:0:128k/regional"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("1.2 USD")));
        assertThat(price(refreshed, "bedrock/us-east-1/amazon.nova-lite-v1:0:300k/regional"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("2.5 USD")));
        assertThat(price(refreshed, "bedrock/us-east-1/amazon.nova-pro-v1:0:300k/regional"))
                .isEmpty();
        assertThat(refreshed.problems()).anySatisfy(problem -> {
            assertThat(problem.code()).isEqualTo("FT0813");
            assertThat(problem.causes().toString()).contains("1B tokens");
        });
    }

    @Test
    void halfAPageIsNoAnswer() {
        String half = pageText(null, machine("ml.g6.2xlarge", "9.9"));
        server.training("us-east-1", page("page-1", machine("ml.g5.2xlarge", "9.9")));
        server.secondPage("us-east-1", json(half.substring(0, half.length() / 2)));
        server.training("us-west-2", List.of(machine("ml.g5.2xlarge", "1.6")));

        Refreshed refreshed = source.refresh(server.context(), known);

        assertThat(price(refreshed, G5)).isEqualTo(price(known, G5));
        assertThat(price(refreshed, "sagemaker/us-west-2/ml.g5.2xlarge/on-demand"))
                .hasValueSatisfying(price -> assertThat(price.amount()).isEqualTo(Money.parse("1.6 USD")));
        assertThat(refreshed.problems()).anySatisfy(problem -> {
            assertThat(problem.code()).isEqualTo("FT0812");
            assertThat(problem.severity()).isEqualTo(Severity.WARNING);
            assertThat(problem.summary()).contains("us-east-1");
        });
    }

    @Test
    void anEmptyListLeavesWhatWasKnownAndSaysSo() {
        Refreshed refreshed = source.refresh(server.context(), known);

        assertThat(refreshed.offers()).isEqualTo(known);
        assertThat(refreshed.problems())
                .extracting(Problem::summary)
                .contains("the price list has no machine of SageMaker Training in us-east-1");
    }

    @Test
    void twoPricesForOneMachineAreNone() {
        server.training("us-east-1", List.of(machine("ml.g5.2xlarge", "1.4"), machine("ml.g5.2xlarge", "1.5")));

        Refreshed refreshed = source.refresh(server.context(), known);

        assertThat(price(refreshed, G5)).isEqualTo(price(known, G5));
        assertThat(refreshed.problems())
                .anySatisfy(
                        problem -> assertThat(problem.summary()).contains("2 prices for ml.g5.2xlarge in us-east-1"));
    }

    @Test
    void productsThatAreNoneAreNoAnswer() {
        for (String product : List.of("{", "[]", "\"text\"", "{\"product\":{}}")) {
            server.training("us-east-1", List.of(product));

            assertThat(source.refresh(server.context(), known).problems())
                    .as(product)
                    .extracting(Problem::code)
                    .contains("FT0812");
        }
    }

    @Test
    void credentialsThatAreRefusedStopItAtOnce() {
        server.everything(
                error(400, "AccessDeniedException", "User is not authorized to perform: pricing:GetProducts"));

        FineTuneException failure = refused(server.context());

        assertThat(failure.problems().get(0).code()).isEqualTo("FT0811");
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CREDENTIALS);
        assertThat(failure).hasMessageContaining("pricing:GetProducts");
        assertThat(server.calls()).isEqualTo(1);
    }

    @Test
    void withoutCredentialsNothingIsAsked() {
        FineTuneException failure = refused(server.withoutCredentials());

        assertThat(failure.problems().get(0).code()).isEqualTo("FT0811");
        assertThat(server.calls()).isZero();
    }

    @Test
    void aListThatNeverAnswersIsAFailure() {
        server.everything(error(500, "InternalErrorException", "later"));

        FineTuneException failure = refused(server.context());

        assertThat(failure.problems().get(0).code()).isEqualTo("FT0812");
        assertThat(failure.exitCode()).isEqualTo(ExitCode.CAPACITY);
    }

    private FineTuneException refused(ProviderContext context) {
        return catchThrowableOfType(FineTuneException.class, () -> source.refresh(context, known));
    }

    private static Optional<PriceFact> price(Refreshed refreshed, String id) {
        return price(refreshed.offers(), id);
    }

    private static Optional<PriceFact> price(List<Offer> offers, String id) {
        return offers.stream()
                .filter(offer -> offer.id().equals(id))
                .findFirst()
                .orElseThrow()
                .price();
    }
}
