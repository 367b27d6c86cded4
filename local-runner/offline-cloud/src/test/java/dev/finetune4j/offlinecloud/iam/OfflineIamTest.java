package dev.finetune4j.offlinecloud.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Policies allow and deny what they say, in IAM's order: a denial wins, what is not allowed is denied. */
class OfflineIamTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/training";
    private static final Access READ = Access.to("s3:GetObject", "arn:aws:s3:::mine/a/b");

    private final OfflineIam iam = new OfflineIam(
            "123456789012", Set.of(ROLE), token -> token.equals("of-role") ? Optional.of(ROLE) : Optional.empty());

    @Test
    void letsEverybodyDoEverythingUntilSomebodyIsRestricted() throws Exception {
        iam.admit("", READ);
        iam.restrictUser(allow("s3:PutObject", "*"));

        assertThatThrownBy(() -> iam.admit("", READ))
                .hasMessage(
                        "User: arn:aws:iam::123456789012:user/offline is not authorized to perform: s3:GetObject on"
                                + " resource: arn:aws:s3:::mine/a/b because no identity-based policy allows the s3:GetObject action");
        iam.admit("of-role", READ);
        iam.admitRole(ROLE, READ);
        assertThat(iam.denied()).containsExactly(READ);
        assertThat(iam.used(ROLE)).containsExactly("s3:GetObject");
    }

    @Test
    void holdsSessionsAndServicesToThePoliciesOfTheirRole() {
        iam.restrictRole(ROLE, allow("s3:ListBucket", "*"));

        assertThatThrownBy(() -> iam.admit("of-role", READ))
                .hasMessageStartingWith("User: arn:aws:sts::123456789012:assumed-role/training/offline is not");
        assertThatThrownBy(() -> iam.admitRole(ROLE, READ)).isInstanceOf(ServiceError.class);
        assertThatCode(() -> iam.admit("", READ)).doesNotThrowAnyException();
    }

    @Test
    void letsADenialWin() {
        iam.restrictUser(
                allow("s3:*", "*"),
                "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::mine/a/*\"}]}");

        assertThatThrownBy(() -> iam.admit("", READ))
                .hasMessageEndingWith("with an explicit deny in an identity-based policy");
        assertThatCode(() -> iam.admit("", Access.to("s3:GetObject", "arn:aws:s3:::mine/c")))
                .doesNotThrowAnyException();
    }

    @Test
    void simulatesWhatPoliciesComeToAndNotesNothing() throws Exception {
        iam.restrictRole(
                ROLE,
                allow("s3:*", "arn:aws:s3:::mine/*"),
                "{\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"s3:GetObject\",\"Resource\":\"*\"}]}");
        IamQueries queries = new IamQueries(iam, Clock.systemUTC());

        String answer = queries.answer(
                        "SimulatePrincipalPolicy",
                        Map.of(
                                "PolicySourceArn", ROLE,
                                "ActionNames.member.1", "s3:PutObject",
                                "ActionNames.member.2", "s3:GetObject",
                                "ActionNames.member.3", "logs:PutLogEvents",
                                "ResourceArns.member.1", "arn:aws:s3:::mine/a"),
                        "")
                .toString();

        assertThat(answer).containsSubsequence("allowed", "explicitDeny", "implicitDeny");
        assertThat(iam.denied()).isEmpty();
        assertThatThrownBy(
                        () -> queries.answer("SimulatePrincipalPolicy", Map.of("PolicySourceArn", ROLE + "-not"), ""))
                .hasMessageContaining("cannot be found");
    }

    @ParameterizedTest
    @CsvSource({
        "s3:getobject, arn:aws:s3:::mine/*, true",
        "s3:Get*, arn:aws:s3:::mine/a/?, true",
        "s3:GetObject, arn:aws:s3:::MINE/*, false",
        "s3:GetObject, arn:aws:s3:::mine/a${*}b, false",
        "s3:GetObject, arn:aws:s3:::mine/a, false",
        "s3:Get, *, false",
    })
    void readsWildcards(String action, String resource, boolean isAllowed) {
        iam.restrictUser(allow(action, resource));

        assertThat(isAllowed(READ)).isEqualTo(isAllowed);
    }

    @ParameterizedTest
    @CsvSource({
        "StringEquals, s3:prefix, jobs/a, true",
        "StringEquals, S3:Prefix, jobs/a, true",
        "StringEquals, s3:prefix, jobs/*, false",
        "StringLike, s3:prefix, jobs/*, true",
        "StringLike, s3:prefix, job?/a, true",
        "StringLike, s3:delimiter, *, false",
        "Bool, aws:SecureTransport, true, false",
    })
    void asksForConditions(String operator, String key, String value, boolean isMet) {
        iam.restrictUser(
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:ListBucket\",\"Resource\":\"*\",\"Condition\":{\""
                        + operator + "\":{\"" + key + "\":[\"" + value + "\"]}}}]}");

        assertThat(isAllowed(Access.to("s3:ListBucket", "arn:aws:s3:::mine").with("s3:prefix", "jobs/a")))
                .isEqualTo(isMet);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Effect':'Allow','NotAction':'s3:*','Resource':'*'}",
                "{'Effect':'Maybe','Action':'s3:*','Resource':'*'}",
                "{'Effect':'Allow','Action':'s3:*'}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws:username}'}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'DateLessThan':{'aws:CurrentTime':'2026'}}}",
            })
    void refusesWhatItWouldPassOver(String statement) {
        String document = "{\"Statement\":[" + statement.replace('\'', '"') + "]}";

        assertThatThrownBy(() -> iam.restrictUser(document)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsWhomARoleTrusts() {
        assertThat(iam.trusts(ROLE, "sagemaker.amazonaws.com")).isTrue();
        assertThat(iam.trusts(ROLE + "2", "sagemaker.amazonaws.com")).isFalse();

        iam.trust(
                ROLE,
                "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"ec2.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}");

        assertThat(iam.trusts(ROLE, "sagemaker.amazonaws.com")).isFalse();
        assertThat(iam.trusts(ROLE, "ec2.amazonaws.com")).isTrue();
        assertThatThrownBy(() -> iam.trust(ROLE + "2", "{}")).isInstanceOf(IllegalArgumentException.class);
    }

    private boolean isAllowed(Access access) {
        try {
            iam.admit("", access);
            return true;
        } catch (ServiceError denied) {
            return false;
        }
    }

    private static String allow(String action, String resource) {
        return "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"" + action + "\",\"Resource\":\"" + resource
                + "\"}]}";
    }
}
