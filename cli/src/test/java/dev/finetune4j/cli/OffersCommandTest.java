package dev.finetune4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.engine.estimate.GpuTable;
import dev.finetune4j.engine.price.Market;
import dev.finetune4j.json.Json;
import dev.finetune4j.plan.Gpus;
import dev.finetune4j.plan.MachineOffer;
import dev.finetune4j.plan.Offer;
import dev.finetune4j.spi.ProviderContext;
import dev.finetune4j.testkit.GoldenFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sold, and what is known of its prices. */
class OffersCommandTest {
    private static final GoldenFiles GOLDEN = GoldenFiles.in("golden/commands");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-24T12:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path home;

    @Test
    void listsTheCheapestRegionOfEveryMachineAndService() {
        GOLDEN.assertMatches("offers.txt", run("offers").out());
        GOLDEN.assertMatches(
                "offers-a100.txt",
                run("offers", "--gpu", "A100", "--spot", "allow", "--sort", "gpu")
                        .out());
        GOLDEN.assertMatches(
                "offers-bedrock.txt",
                run("offers", "--target", "bedrock", "--all").out());
        GOLDEN.assertMatches("prices.txt", run("prices").out());
    }

    @Test
    void keepsToTheWidth() {
        for (String[] arguments : new String[][] {
            {"offers", "--all"},
            {"offers", "--all", "--spot", "allow", "--sort", "name"},
            {"offers", "--target", "azure-ml", "--spot", "only"},
            {"offers", "--gpu", "none"},
            {"prices"}
        }) {
            CommandRun run = run(arguments);

            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(run.out().lines())
                    .hasSizeGreaterThan(4)
                    .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        }
    }

    @Test
    void filtersByPlaceRegionGpuTermsAndPrice() throws IOException {
        JsonNode offers =
                json("offers", "--gpu", "a10g", "--region", "us-east-1,eu-", "--max-price", "2", "--spot", "allow");

        assertThat(offers).isNotEmpty();
        for (JsonNode offer : offers) {
            assertThat(offer.at("/offer/gpus/name").asText()).isEqualTo("A10G");
            assertThat(offer.at("/offer/region").asText()).matches("us-east-1|eu-.*");
            assertThat(Double.parseDouble(
                            offer.at("/offer/perHour/amount").asText().replace(" USD", "")))
                    .isLessThanOrEqualTo(2);
        }
        assertThat(json("offers", "--target", "azure-ml", "--spot", "only"))
                .isNotEmpty()
                .allSatisfy(
                        offer -> assertThat(offer.at("/offer/tier").asText()).isEqualTo("low-priority"));
        assertThat(json("offers", "--gpu", "none"))
                .isNotEmpty()
                .allSatisfy(offer -> assertThat(offer.at("/offer").has("gpus")).isFalse());
        assertThat(run("offers", "--max-price", "0.001").out())
                .startsWith("no offer is like that; what there is, the cheapest first: finetune offers");
    }

    /** Whatever each of them calls it. */
    @Test
    void theEuropeanUnionIsOneRegionOfAllPlaces() throws IOException {
        assertThat(regions("eu"))
                .contains("eu-central-1", "eu-west-1", "westeurope", "northeurope", "francecentral", "swedencentral")
                .doesNotContain("uksouth", "switzerlandnorth", "norwayeast", "us-east-1", "eastus");
        assertThat(regions("US"))
                .contains("us-east-1", "us-west-2", "eastus", "southcentralus")
                .doesNotContain("eu-central-1", "canadacentral");
        assertThat(regions("eu-")).as("a beginning, as ever").containsExactly("eu-central-1", "eu-west-1");
    }

    private Set<String> regions(String wanted) throws IOException {
        Set<String> names = new TreeSet<>();
        json("offers", "--region", wanted, "--all")
                .forEach(offer -> names.add(offer.at("/offer/region").asText()));
        return names;
    }

    @Test
    void theNumberOfAGpuIsWhole() throws IOException {
        assertThat(gpus("L4")).containsExactly("L4");
        assertThat(gpus("a10")).containsExactly("A10");
        assertThat(gpus("A100")).containsExactly("A100-40", "A100-80", "A100-80-PCIe");
        assertThat(gpus("H100,RTX")).contains("H100-NVL", "H100-SXM", "RTX-PRO-6000");
        assertThat(gpus("L40")).as("none is an L40 and no more").containsExactly("L40S");
        assertThat(gpus("mi300")).containsExactly("MI300X");
        assertThat(CommandRun.oneLine(run("offers", "--gpu", "L41").err()))
                .contains("no offer has the GPU L41; did you mean ");
    }

    @Test
    void aGpuIsAskedForByMemoryAndCountAsByName() throws IOException {
        assertThat(gpus("A100:40GB")).containsExactly("A100-40");
        assertThat(gpus("40GB:8")).containsExactly("A100-40");
        assertThat(gpus("L40:48GB..")).containsExactly("L40S");
        assertThat(json("offers", "--gpu", "A100,H100:80GB..:1..4", "--all"))
                .isNotEmpty()
                .allSatisfy(offer -> {
                    assertThat(offer.at("/offer/gpus/name").asText()).matches("[AH]100-.*");
                    assertThat(offer.at("/offer/gpus/memoryGb").asInt()).isGreaterThanOrEqualTo(80);
                    assertThat(offer.at("/offer/gpus/count").asInt()).isBetween(1, 4);
                });
        assertThat(json("offers", "--gpu", "L4:1", "--gpu", "T4:4", "--all"))
                .extracting(offer -> offer.at("/offer/gpus/count").asInt() + " "
                        + offer.at("/offer/gpus/name").asText())
                .containsOnly("1 L4", "4 T4");
    }

    /** What is proposed can be pasted. */
    @Test
    void gpusThatCannotBeReadOrThatNobodyHasAreRefusedWithSomeThatThereAre() {
        for (String[] wanted : new String[][] {
            {"24G", "--gpu: memory must look like 24GB, 24GB.. or 40GB..80GB, was 24G"},
            {"A100:H100", "--gpu: names must be said once, such as A100 or A100,H100, was A100:H100"},
            {"80GB..40GB", "--gpu: a range must not end below its beginning, was 80..40"},
            {"A10G:3", "no offer has GPUs like A10G:3; there are some of 24 GB, and 1, 4, 8 in a machine"},
            {"A100:40GB:2", "no offer has GPUs like A100:40GB:2; there are some of 40, 80 GB, and 1, 2, 4, 8 in a"},
            {"1000GB..", "no offer has GPUs like 1000GB..; there are some of 16, "}
        }) {
            CommandRun run = run("offers", "--gpu", wanted[0]);

            String err = CommandRun.oneLine(run.err());
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(err).contains("FT0002: " + wanted[1]);
            Matcher other = Pattern.compile("; try --gpu (\\S+)").matcher(err);
            assertThat(other.find()).as(err).isTrue();
            assertThat(run("offers", "--gpu", other.group(1)).exitCode()).isZero();
        }
        assertThat(CommandRun.oneLine(run("offers", "--gpu", "A100:40GB:2").err()))
                .contains("; try --gpu A100-40:40GB:8 ");
        assertThat(CommandRun.oneLine(run("offers", "--gpu", "L41,T4:1").err()))
                .contains("no offer has the GPU L41; did you mean ");
    }

    private Set<String> gpus(String wanted) throws IOException {
        Set<String> names = new TreeSet<>();
        json("offers", "--gpu", wanted, "--all")
                .forEach(offer -> names.add(offer.at("/offer/gpus/name").asText()));
        return names;
    }

    @Test
    void refusesAPriceThatNothingCanHave() {
        for (String price : List.of("0", "-1")) {
            CommandRun run = run("offers", "--max-price", price);

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(CommandRun.oneLine(run.err())).contains("--max-price: must be above 0, was " + price);
        }
    }

    @Test
    void aPriceIsWrittenAsMoneyIsElsewhere() {
        assertThat(run("offers", "--gpu", "a10g", "--max-price", "2 USD").out())
                .isEqualTo(run("offers", "--gpu", "a10g", "--max-price", "2").out())
                .contains("A10G");
        assertThat(CommandRun.oneLine(run("offers", "--max-price", "5 EUR").err()))
                .contains("FT0002: --max-price: prices are in USD, was 5 EUR");
        assertThat(CommandRun.oneLine(run("offers", "--max-price", "cheap").err()))
                .contains("FT0002: --max-price: money must look like 12.50 USD, was cheap");
    }

    @Test
    void ofManyRegionsTheMostAlikeAreNamed() {
        CommandRun region = run("offers", "--region", "eu-nowhere-9");
        CommandRun place = run("offers", "--target", "nowhere");

        assertThat(region.exitCode()).isEqualTo(2);
        assertThat(CommandRun.oneLine(region.err()))
                .containsPattern("no offer has the region eu-nowhere-9; there are eu-west-1, [^,]+, [^,]+ and \\d+"
                        + " others, which \"finetune offers --all\" shows");
        assertThat(CommandRun.oneLine(place.err()))
                .contains("no offer has the place nowhere; there are azure-ml, azure-openai, ");
    }

    @Test
    void aPriceThatIsNotKnownComesLastAndIsNoZero() throws IOException {
        List<Boolean> priced = new ArrayList<>();
        json("offers", "--gpu", "H200,H100")
                .forEach(offer -> priced.add(offer.at("/offer").has("perHour")));

        assertThat(priced).contains(true, false);
        assertThat(priced.lastIndexOf(true)).isLessThan(priced.indexOf(false));
        assertThat(run("offers", "--gpu", "H200", "--target", "sagemaker").out())
                .contains("  ?");
    }

    @Test
    void theEstimatorKnowsTheGpusThatAreSold() {
        GpuTable known = GpuTable.shipped();
        Set<String> unknown = new TreeSet<>();
        for (Offer offer :
                Market.open(new ProviderContext(home, Map.of(), CLOCK)).offers(new ArrayList<>())) {
            if (offer instanceof MachineOffer machine) {
                machine.accelerators()
                        .map(Gpus::name)
                        .filter(name -> known.find(name).isEmpty())
                        .ifPresent(unknown::add);
            }
        }

        assertThat(unknown).as("GPUs of which no figure can be cited").isEmpty();
    }

    @Test
    void asCsvEveryOfferIsALineOfAsManyCells() throws IOException {
        List<String> lines = run("offers", "-o", "csv").out().lines().toList();
        int columns = cells(lines.get(0));

        assertThat(lines)
                .hasSize(1 + json("offers").size())
                .allSatisfy(line -> assertThat(cells(line)).as(line).isEqualTo(columns));
        assertThat(lines.get(0)).startsWith("id,target,name,region,");
    }

    @Test
    void flagsWhatIsOlderThanNinetyDays() throws IOException {
        JsonNode offers =
                json("offers", "--target", "sagemaker", "--region", "us-east-1", "--gpu", "A10G", "--sort", "name");

        assertThat(offers).anySatisfy(offer -> {
            assertThat(offer.at("/id").asText()).isEqualTo("sagemaker/us-east-1/ml.g5.xlarge/on-demand");
            assertThat(offer.at("/isOld").asBoolean()).isFalse();
            assertThat(offer.at("/ageDays").asInt()).isEqualTo(61);
        });
        assertThat(offers)
                .anySatisfy(offer -> assertThat(offer.at("/isOld").asBoolean()).isTrue());
    }

    @Test
    void pricesThatWereFetchedAreUsedFromThenOn() throws IOException {
        try (Vendor vendor = new Vendor()) {
            CommandRun refresh = run(vendor.environment(), "prices", "refresh", "aws");

            assertThat(refresh.exitCode()).as(refresh.err()).isZero();
            assertThat(refresh.out()).containsPattern("aws +[\\d,]+ +\\d+ +\\d+");
            assertThat(refresh.err()).contains("warning FT0813");
        }

        assertThat(run("offers", "--gpu", "A10G", "--region", "us-east-1", "-o", "csv")
                        .out())
                .contains("sagemaker/us-east-1/ml.g5.2xlarge/on-demand,")
                .contains(",1.4,USD,hour,,2026-11-24,0,false,false,published,");
        assertThat(run("prices").out())
                .containsPattern("sagemaker +aws .* 2026-11-24\\n")
                .containsPattern("azure-ml +azure .* never\\n");
    }

    @Test
    void withoutAnybodyThereTheTableIsUsed() {
        Map<String, String> nobody = Map.of(
                "AWS_ENDPOINT_URL_PRICING", "http://localhost:1",
                "AWS_ACCESS_KEY_ID", "id",
                "AWS_SECRET_ACCESS_KEY", "secret");

        CommandRun refresh = run(nobody, "prices", "refresh", "aws", "-o", "json");

        assertThat(refresh.exitCode()).isEqualTo(5);
        assertThat(refresh.out())
                .contains("FT0812", "the prices that were known before stay, with their dates")
                .doesNotContain("secret");
        assertThat(run("offers").out()).contains("ml.g4dn.xlarge");
    }

    @Test
    void damagedPricesAreToldAndDoNotCount() throws IOException {
        Files.createDirectories(home.resolve("prices"));
        Files.writeString(home.resolve("prices/aws.json"), "{\"prices\":");

        CommandRun run = run("offers");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("warning FT0801").contains("finetune prices refresh");
        assertThat(run.out()).contains("ml.g4dn.xlarge");
    }

    private CommandRun run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private CommandRun run(Map<String, String> environment, String... arguments) {
        return CommandRun.at(CLOCK, home, environment, arguments);
    }

    private JsonNode json(String... arguments) throws IOException {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "-o";
        all[arguments.length + 1] = "json";
        return Json.records().readTree(run(all).out()).at("/offers");
    }

    /** Cells of a line of CSV: commas outside quotes, and one more. */
    private static int cells(String line) {
        return line.replaceAll("\"[^\"]*\"", "").split(",", -1).length;
    }

    /** A price list with one machine, whatever it is asked. */
    private record Vendor(HttpServer server) implements AutoCloseable {
        private static final String PRODUCT = """
                {"product":{"attributes":{"instanceName":"ml.g5.2xlarge","component":"Training"}},
                 "terms":{"OnDemand":{"S.T":{"priceDimensions":{"S.T.R":{"unit":"Hrs","pricePerUnit":{"USD":"1.4000000000"}}}}}}}
                """;

        Vendor() throws IOException {
            this(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            byte[] page = Json.line(Map.of("FormatVersion", "aws_v1", "PriceList", List.of(PRODUCT)))
                    .getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
                exchange.getResponseHeaders().add("x-amzn-RequestId", "7a62c49f-347e-4fc4-9331-6e8e7f2c2b5a");
                exchange.sendResponseHeaders(200, page.length);
                exchange.getResponseBody().write(page);
                exchange.close();
            });
            server.start();
        }

        Map<String, String> environment() {
            return Map.of(
                    "AWS_ENDPOINT_URL_PRICING",
                            "http://localhost:" + server.getAddress().getPort(),
                    "AWS_ACCESS_KEY_ID", "id",
                    "AWS_SECRET_ACCESS_KEY", "secret");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
