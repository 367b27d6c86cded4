package dev.finetune4j.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.finetune4j.engine.FineTunerBuilder;
import dev.finetune4j.error.FineTuneException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Tag;

/** The directions of the house, over every module, since all of them are on the command line's class path. */
@Tag("long")
@AnalyzeClasses(packages = "dev.finetune4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] API = {
        "dev.finetune4j.job..",
        "dev.finetune4j.data..",
        "dev.finetune4j.model..",
        "dev.finetune4j.method..",
        "dev.finetune4j.plan..",
        "dev.finetune4j.run..",
        "dev.finetune4j.evaluation..",
        "dev.finetune4j.error..",
        "dev.finetune4j.spi..",
        "dev.finetune4j.value.."
    };
    private static final String JSON = "dev.finetune4j.json..";
    private static final String ENGINE = "dev.finetune4j.engine..";
    private static final String MODEL_FILES = "dev.finetune4j.modelfiles..";
    private static final String TRAINING = "dev.finetune4j.training..";
    private static final String WORKER = "dev.finetune4j.worker..";
    private static final String CLI = "dev.finetune4j.cli..";
    private static final String AWS = "dev.finetune4j.aws..";
    private static final String AZURE = "dev.finetune4j.azure..";
    private static final String OFFLINE_CLOUD = "dev.finetune4j.offlinecloud..";
    private static final String INTERNAL = "..internal..";
    private static final String JUNIT = "dev.finetune4j.junit..";

    @ArchTest
    static final ArchRule apiIsOnlyJdkAndJspecify = classes()
            .that(resideInAnyPackage(API))
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(API)
                    .or(resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify.."))
                    .or(DescribedPredicate.describe("arrays of primitives", type -> type.isArray())))
            .because("users of the API must not inherit anybody's dependencies");

    @ArchTest
    static final ArchRule engineKnowsNoPlaceToRun = noClasses()
            .that()
            .resideInAPackage(ENGINE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODEL_FILES, TRAINING, WORKER, CLI, AWS, AZURE)
            .because("providers and text codecs arrive through ServiceLoader");

    @ArchTest
    static final ArchRule runnersDoNotKnowTheEngine = noClasses()
            .that()
            .resideInAnyPackage(MODEL_FILES, TRAINING, WORKER, JSON)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE, CLI)
            .because("the worker also runs in a cloud container, without the engine");

    @ArchTest
    static final ArchRule aProviderKnowsOnlyTheApi = noClasses()
            .that()
            .resideInAnyPackage(AWS, AZURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ENGINE, MODEL_FILES, TRAINING, WORKER, CLI, JUNIT)
            .because("a team that uses one cloud from its own code takes this artifact and nothing else");

    @ArchTest
    static final ArchRule aProviderDoesNotKnowAnother = noClasses()
            .that()
            .resideInAPackage(AWS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AZURE, "com.azure..")
            .because("one cloud can be taken without the other");

    @ArchTest
    static final ArchRule anotherProviderDoesNotKnowTheFirst = noClasses()
            .that()
            .resideInAPackage(AZURE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AWS, "software.amazon..")
            .because("one cloud can be taken without the other");

    @ArchTest
    static final ArchRule offlineCloudKnowsOnlyItsProtocols = noClasses()
            .that()
            .resideInAPackage(OFFLINE_CLOUD)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ENGINE, MODEL_FILES, TRAINING, WORKER, CLI, AWS, AZURE, JUNIT, "software.amazon..", "com.azure..")
            .because("it must prove its clients wrong, and shares nothing with them");

    @ArchTest
    static final ArchRule onlyTheWorkerUsesTheTrainingCore = noClasses()
            .that()
            .resideOutsideOfPackages(TRAINING, WORKER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(TRAINING)
            .because("everybody else sees jobs, not tensors");

    @ArchTest
    static final ArchRule commandLineKnowsOnlyTheEngine = noClasses()
            .that()
            .resideInAPackage(CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODEL_FILES, TRAINING, WORKER, AWS, AZURE, "ai.djl..")
            .because("the command line must stay thin and fast to start");

    @ArchTest
    static final ArchRule anotherCloudIsAModule = noClasses()
            .that()
            .resideInAnyPackage(ENGINE, CLI)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..aws..",
                    "..azure..",
                    OFFLINE_CLOUD,
                    "software.amazon..",
                    "com.amazonaws..",
                    "com.azure..",
                    "com.microsoft..",
                    "com.openai..")
            .because("ServiceLoader finds it, and nothing here changes; AnyCloudTest holds what they say to the same");

    @ArchTest
    static final ArchRule extensionKnowsOnlyTheEngine = noClasses()
            .that()
            .resideInAPackage(JUNIT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(MODEL_FILES, TRAINING, WORKER, CLI, "ai.djl..", "org.assertj..")
            .because("it uses the same door as everybody, and users choose their own assertions");

    @ArchTest
    static final ArchRule torchStaysBehindTheLocalRunner = noClasses()
            .that()
            .resideOutsideOfPackages(TRAINING, MODEL_FILES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl..")
            .because("natives are loaded by the worker only");

    @ArchTest
    static final ArchRule modelFilesNeedNoTorch = noClasses()
            .that()
            .resideInAPackage(MODEL_FILES)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("ai.djl.pytorch..", "ai.djl.engine..", "ai.djl.ndarray..")
            .because("check must show the trained text without torch");

    @ArchTest
    static final ArchRule noVendorTypeInAPublicSignature = classes()
            .that(resideInAnyPackage(API))
            .or()
            .resideInAnyPackage(ENGINE, AWS, AZURE)
            .and()
            .resideOutsideOfPackage(INTERNAL)
            .should(haveNoVendorTypeInPublicSignatures());

    @ArchTest
    static final ArchRule whatIsInternalStaysInItsModule = noClasses()
            .that()
            .resideOutsideOfPackage(AWS)
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.finetune4j.aws.internal..")
            .because("it shows Amazon's types, and changes with them");

    @ArchTest
    static final ArchRule whatAmazonsPlacesShareKnowsNoneOfThem = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.finetune4j.aws.account..",
                    "dev.finetune4j.aws.internal..",
                    "dev.finetune4j.aws.price..",
                    "dev.finetune4j.aws.s3..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "dev.finetune4j.aws.sagemaker..", "dev.finetune4j.aws.jumpstart..", "dev.finetune4j.aws.bedrock..")
            .because("another place is a package of its own, and a line that registers it");

    @ArchTest
    static final ArchRule noCyclesBetweenPackagesOfAmazonsProviders =
            slices().matching("dev.finetune4j.aws.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noCyclesBetweenPackagesOfTheApi =
            slices().matching("dev.finetune4j.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule noCyclesBetweenPackagesOfTheEngine =
            slices().matching("dev.finetune4j.engine.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule extensionUsesItsPartsAndNotTheReverse = noClasses()
            .that()
            .resideInAnyPackage("dev.finetune4j.junit.baseline..", "dev.finetune4j.junit.summary..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.finetune4j.junit")
            .because("packages must not depend on each other in a circle");

    @ArchTest
    static final ArchRule onlyTheViewWritesToTheTerminal = noClasses()
            .that()
            .resideOutsideOfPackages("dev.finetune4j.cli.view..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .because("results and messages go through one screen");

    @ArchTest
    static final ArchRule onlyMainEndsTheProcess = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .because("a library must not end its user's process");

    @ArchTest
    static final ArchRule namesSayWhatAClassDoes = noClasses()
            .should()
            .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")
            .because("such a name could hold anything");

    @ArchTest
    static final ArchRule oneExceptionForWhatUsersCanMend = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(FineTuneException.class.getName())
            .should()
            .beAssignableTo(DescribedPredicate.describe(
                    "own public RuntimeException",
                    (JavaClass type) -> type.getPackageName().startsWith("dev.finetune4j")
                            && type.isAssignableTo(RuntimeException.class)
                            && type.getModifiers().contains(JavaModifier.PUBLIC)
                            && !type.isEquivalentTo(FineTuneException.class)))
            .because("a caller catches one type and reads its problems");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes()
            .should(new ArchCondition<JavaClass>("reside in a package that is @NullMarked") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    JavaPackage home = type.getPackage();
                    boolean marked = home.getAnnotations().stream()
                            .map(JavaAnnotation::getRawType)
                            .anyMatch(annotation -> annotation.isEquivalentTo(NullMarked.class));
                    if (!marked) {
                        events.add(SimpleConditionEvent.violated(type, home.getName() + " is not @NullMarked"));
                    }
                }
            });

    @ArchTest
    static final ArchRule surroundingsArePassedIn = noClasses()
            .that(resideInAnyPackage(API)
                    .or(resideInAnyPackage(ENGINE, AWS, AZURE))
                    .and(DescribedPredicate.not(JavaClass.Predicates.type(FineTunerBuilder.class))))
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random")
            .because(
                    "tests must be able to give another clock, environment and chance; FineTunerBuilder is the one home of"
                            + " the real ones");

    private static ArchCondition<JavaClass> haveNoVendorTypeInPublicSignatures() {
        return new ArchCondition<>("have no vendor type in a public or protected signature") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (!type.getModifiers().contains(JavaModifier.PUBLIC)) {
                    return;
                }
                for (JavaMember member : type.getMembers()) {
                    boolean seen = member.getModifiers().contains(JavaModifier.PUBLIC)
                            || member.getModifiers().contains(JavaModifier.PROTECTED);
                    for (JavaClass used : seen ? signature(member) : List.<JavaClass>of()) {
                        String home = used.getBaseComponentType().getPackageName();
                        if (home.startsWith("software.amazon")
                                || home.startsWith("com.azure")
                                || home.startsWith("ai.djl")
                                || home.startsWith("org.duckdb")) {
                            events.add(SimpleConditionEvent.violated(
                                    member, member.getFullName() + " shows " + used.getName()));
                        }
                    }
                }
            }
        };
    }

    private static List<JavaClass> signature(JavaMember member) {
        List<JavaClass> types = new ArrayList<>();
        if (member instanceof JavaCodeUnit code) {
            types.add(code.getRawReturnType());
            types.addAll(code.getRawParameterTypes());
        }
        return types;
    }
}
