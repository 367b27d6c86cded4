package dev.finetune4j.aws.bedrock;

import dev.finetune4j.aws.internal.RequestJson;
import dev.finetune4j.error.FineTuneException;
import dev.finetune4j.error.Problem;
import dev.finetune4j.model.ModelRef;
import dev.finetune4j.plan.TokenRates;
import dev.finetune4j.spi.AccessPolicy;
import dev.finetune4j.spi.Dialogue;
import dev.finetune4j.spi.HostedModel;
import dev.finetune4j.spi.Hosting;
import dev.finetune4j.spi.HostingOrder;
import dev.finetune4j.spi.HostingWay;
import dev.finetune4j.spi.PlannedCall;
import dev.finetune4j.spi.Submission;
import dev.finetune4j.value.RunId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.bedrock.model.CreateModelImportJobRequest;

/** Models that Bedrock tuned, asked on demand or paid by the hour. What hosts one has its name from the run, and a tag that tells the order. */
final class BedrockHosting implements Hosting {
    private final Supplier<BedrockClients> clients;
    private final Supplier<BedrockOptions> options;
    private final BiFunction<String, ModelRef, List<AccessPolicy>> policies;

    BedrockHosting(
            Supplier<BedrockClients> clients,
            Supplier<BedrockOptions> options,
            BiFunction<String, ModelRef, List<AccessPolicy>> policies) {
        this.clients = clients;
        this.options = options;
        this.policies = policies;
    }

    @Override
    public List<HostingWay> ways(RunId run) {
        return HostingWays.of(BedrockClients.baseOf(model(run)));
    }

    @Override
    public Optional<HostingWay> importWay() {
        return Optional.of(HostingWays.imported());
    }

    @Override
    public List<Problem> importRefusals(Path model) {
        return ImportRules.problems(model, options.get().region());
    }

    @Override
    public List<PlannedCall> plannedCalls(HostingOrder order) {
        Path folder = order.model();
        if (folder != null) {
            refuseTooManyUnits(order, HostingWays.imported());
            String uri = clients.get().store().stagedAddress(folder);
            HostingMapper mapper = new HostingMapper(order, uri);
            return List.of(
                    new PlannedCall("s3:PutObject", uri, "the model's files, those that are not there yet"),
                    new PlannedCall(
                            "bedrock:CreateModelImportJob", mapper.jobName(), RequestJson.of(bringingIn(mapper))));
        }
        HostingMapper mapper = mapper(order);
        return List.of(
                mapper.isDeployment()
                        ? new PlannedCall(
                                "bedrock:CreateCustomModelDeployment",
                                mapper.name(),
                                RequestJson.of(mapper.deployment()))
                        : new PlannedCall(
                                "bedrock:CreateProvisionedModelThroughput",
                                mapper.name(),
                                RequestJson.of(mapper.throughput())));
    }

    private CreateModelImportJobRequest bringingIn(HostingMapper mapper) {
        return mapper.bringingIn(options.get().role(), options.get().kmsKey());
    }

    private HostedModel bringIn(HostingOrder order, Path folder) {
        refuseTooManyUnits(order, HostingWays.imported());
        List<Problem> problems = importRefusals(folder);
        if (!problems.isEmpty()) {
            throw new FineTuneException(problems, null);
        }
        HostingMapper mapper = new HostingMapper(order, clients.get().store().stage(folder));
        return hosted(
                order.run(),
                calls().imports()
                        .bringIn(
                                bringingIn(mapper),
                                job -> mapper.token().equals(calls().tags(job).get(HostingMapper.ORDER_TAG))));
    }

    @Override
    public HostedModel host(HostingOrder order) {
        Path folder = order.model();
        if (folder != null) {
            return bringIn(order, folder);
        }
        HostingMapper mapper = mapper(order);
        return hosted(order.run(), make(order, mapper));
    }

    /** Holds an order to what the service would refuse, before a call that makes something. */
    private HostingMapper mapper(HostingOrder order) {
        String model = model(order.run());
        HostingWay way = HostingWays.find(BedrockClients.baseOf(model), order.way())
                .filter(one -> !one.name().equals(HostingWays.IMPORT)) // which takes a folder
                .orElseThrow(() -> BedrockErrors.noWay(BedrockClients.baseOf(model), order.way()));
        refuseTooManyUnits(order, way);
        return new HostingMapper(order, model);
    }

    private static void refuseTooManyUnits(HostingOrder order, HostingWay way) {
        Integer most = way.mostUnits();
        if (most != null && order.units() > most) {
            throw BedrockErrors.tooManyUnits(order, most);
        }
    }

    private HostedCalls.Found make(HostingOrder order, HostingMapper mapper) {
        HostedCalls hosted = calls();
        return hosted.service().new Once<HostedCalls.Found>(mapper.name()) {
            @Override
            protected Optional<HostedCalls.Found> find() {
                return mapper.isDeployment() ? hosted.deployment(mapper.name()) : hosted.throughput(mapper.name());
            }

            @Override
            protected void create(AwsRequestOverrideConfiguration oneTry) {
                if (mapper.isDeployment()) {
                    hosted.create(mapper.deployment(), oneTry);
                } else {
                    hosted.create(mapper.throughput(), oneTry);
                }
            }

            @Override
            protected boolean isTaken(SdkException failure) {
                return super.isTaken(failure)
                        || String.valueOf(failure.getMessage()).contains("in use");
            }

            @Override
            protected FineTuneException told(SdkException failure) {
                return isTaken(failure) ? taken(mapper) : super.told(failure);
            }

            @Override
            protected HostedCalls.Found own(HostedCalls.Found found) {
                return BedrockHosting.this.own(order, mapper, found);
            }
        }.make();
    }

    private HostedCalls.Found own(HostingOrder order, HostingMapper mapper, HostedCalls.Found found) {
        Map<String, String> tags = calls().tags(found.arn());
        if (mapper.token().equals(tags.get(HostingMapper.ORDER_TAG))) {
            return found;
        }
        throw order.run().value().equals(tags.get(Submission.RUN_LABEL))
                ? BedrockErrors.hostedOtherwise(order.run(), found)
                : taken(mapper);
    }

    private FineTuneException taken(HostingMapper mapper) {
        return BedrockErrors.hostingTaken(mapper.name(), calls().service().region());
    }

    @Override
    public List<HostedModel> find(RunId run) {
        String name = StagedTuning.modelName(run);
        return Stream.of(
                        calls().deployment(name),
                        calls().throughput(name),
                        calls().imports().find(name))
                .flatMap(Optional::stream)
                .filter(found -> owner(found).filter(run::equals).isPresent())
                .map(found -> hosted(run, found))
                .toList();
    }

    @Override
    public List<HostedModel> all() {
        return Stream.concat(calls().all().stream(), calls().imports().all().stream())
                .flatMap(found -> owner(found).map(run -> hosted(run, found)).stream())
                .toList();
    }

    @Override
    public void end(HostedModel hosted) {
        if (hosted.way().name().equals(HostingWays.IMPORT)) {
            calls().imports().end(hosted);
            return;
        }
        boolean isDeployment = hosted.way().name().equals(HostingWays.ON_DEMAND);
        Optional<HostedCalls.Found> found =
                isDeployment ? calls().deployment(hosted.reference()) : calls().throughput(hosted.reference());
        found.ifPresent(calls()::end);
    }

    @Override
    public TokenRates base(HostedModel hosted) {
        return hosted.way().name().equals(HostingWays.IMPORT)
                ? new TokenRates(null, null, null, null, null)
                : HostingWays.base(clients.get().base(hosted.run()));
    }

    @Override
    public Dialogue converse(HostedModel hosted) {
        return clients.get().converse(hosted);
    }

    @Override
    public List<AccessPolicy> policies(String runs, ModelRef model) {
        return policies.apply(runs, model);
    }

    /** The run that something was hosted for, where it carries our tags. */
    private Optional<RunId> owner(HostedCalls.Found found) {
        Map<String, String> tags = calls().tags(found.arn());
        return tags.containsKey(HostingMapper.ORDER_TAG)
                ? Optional.ofNullable(tags.get(Submission.RUN_LABEL)).flatMap(RunId::of)
                : Optional.empty();
    }

    static HostedModel hosted(RunId run, HostedCalls.Found found) {
        return new HostedModel(
                run,
                HostingWays.met(BedrockClients.baseOf(found.model()), found.way()),
                found.units(),
                found.arn(),
                found.state(),
                found.since(),
                found.committedUntil(),
                found.state() == HostedModel.State.FAILED ? BedrockErrors.hostingFailed(run, found) : null);
    }

    /** ARN of the run's tuned model. */
    private String model(RunId run) {
        return clients.get().model(run);
    }

    private HostedCalls calls() {
        return clients.get().hosted();
    }
}
