package dev.finetune4j.offlinecloud.iam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.finetune4j.offlinecloud.wire.Access;
import dev.finetune4j.offlinecloud.wire.ServiceError;
import dev.finetune4j.testkit.VirtualClock;
import java.time.Clock;
import java.util.List;
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

    /** What is told of the key stands in the second column, several values with a blank between them, none as "-". */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            StringNotEquals                | a         | b                    | true
            StringNotEquals                | a         | a b                  | false
            StringNotEquals                | -         | a                    | true
            StringEqualsIfExists           | -         | a                    | true
            StringEqualsIfExists           | b         | a                    | false
            StringEqualsIgnoreCase         | A         | a                    | true
            StringNotEqualsIgnoreCase      | A         | a                    | false
            StringNotLike                  | ab        | a*                   | false
            Null                           | -         | true                 | true
            Null                           | a         | true                 | false
            Null                           | a         | false                | true
            Bool                           | True      | true                 | true
            BoolIfExists                   | -         | true                 | true
            NumericLessThan                | 3600      | 3601                 | true
            NumericLessThan                | 3601      | 3601                 | false
            NumericLessThanEquals          | 3601      | 3601                 | true
            NumericGreaterThan             | 10        | 9                    | true
            NumericGreaterThanEquals       | 8         | 9                    | false
            NumericEquals                  | 1.0       | 1                    | true
            NumericNotEquals               | -         | 1                    | true
            NumericLessThan                | x         | 3                    | false
            DateLessThan                   | 2026-01-01T00:00:00Z | 2026-01-02 | true
            DateGreaterThanEquals          | 1767225600 | 2026-01-01T00:00:00Z | true
            DateEquals                     | 1767225600 | 2026-01-01T01:00:00+01:00 | true
            IpAddress                      | 10.1.2.3  | 10.1.0.0/16          | true
            IpAddress                      | 10.2.2.3  | 10.1.0.0/16          | false
            NotIpAddress                   | 10.2.2.3  | 10.1.0.0/16          | true
            IpAddress                      | 2001:db8::1 | 2001:db8::/32      | true
            IpAddress                      | 10.1.2.3  | ::/0                 | false
            ArnLike                        | arn:aws:s3:::a/b | arn:aws:s3:::a/* | true
            ArnLike                        | arn:aws:s3:x:y:z | arn:aws:*:z   | false
            ArnNotEquals                   | arn:aws:s3:::a | arn:aws:s3:::b  | true
            ForAllValues:StringEquals      | a b       | a b c                | true
            ForAllValues:StringEquals      | a d       | a b c                | false
            ForAllValues:StringEquals      | -         | a                    | true
            ForAnyValue:StringEquals       | a d       | d e                  | true
            ForAnyValue:StringEquals       | -         | a                    | false
            ForAnyValue:StringNotEquals    | a b       | a                    | true
            ForAllValues:StringNotLike     | ab b      | a*                   | false
            ForAnyValue:StringLikeIfExists | -         | a*                   | true
            """)
    void comparesAsIamDoes(String operator, String told, String wanted, boolean isMet) {
        iam.restrictUser("{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\""
                + operator + "\":{\"x:key\":[\"" + wanted.replace(" ", "\",\"") + "\"]}}}}");

        List<String> values = told.equals("-") ? List.of() : List.of(told.split(" "));
        assertThat(isAllowed(READ.with("x:key", values))).isEqualTo(isMet);
    }

    @ParameterizedTest
    @CsvSource({
        "'\"NotAction\":\"iam:*\",\"Resource\":\"*\"', true",
        "'\"NotAction\":[\"iam:*\",\"s3:get*\"],\"Resource\":\"*\"', false",
        "'\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::mine/*\"', false",
        "'\"Action\":\"*\",\"NotResource\":\"arn:aws:s3:::yours/*\"', true",
    })
    void meansAllOthers(String names, boolean isAllowed) {
        iam.restrictUser("{\"Statement\":{\"Effect\":\"Allow\"," + names + "}}");

        assertThat(isAllowed(READ)).isEqualTo(isAllowed);
    }

    /** Of an object nothing says whose it is, of a key its ARN does. */
    @ParameterizedTest
    @CsvSource({
        "aws:PrincipalAccount, 123456789012, arn:aws:s3:::mine/a",
        "aws:PrincipalArn, arn:aws:iam::123456789012:user/offline, arn:aws:s3:::mine/a",
        "aws:username, offline, arn:aws:s3:::mine/a",
        "aws:ResourceAccount, 123456789012, arn:aws:s3:::mine/a",
        "aws:ResourceAccount, 999988887777, arn:aws:kms:eu-central-1:999988887777:key/k",
        "aws:RequestedRegion, eu-central-1, arn:aws:kms:eu-central-1:999988887777:key/k",
        "aws:RequestedRegion, us-west-2, arn:aws:s3:::mine/a",
        "aws:CurrentTime, 2026-01-01T00:00:00Z, arn:aws:s3:::mine/a",
    })
    void tellsOfEveryCall(String key, String value, String resource) {
        OfflineIam there = new OfflineIam(
                "123456789012", "us-west-2", Set.of(ROLE), token -> Optional.empty(), new VirtualClock());
        there.restrictUser(
                "{\"Statement\":{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{\"StringEquals\":{\""
                        + key + "\":\"" + value + "\"}}}}");

        assertThatThrownBy(() -> there.admit("", Access.to("x:Use", resource)))
                .hasMessageEndingWith("with an explicit deny in an identity-based policy");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'Effect':'Allow','Action':'s3:*','NotAction':'iam:*','Resource':'*'}",
                "{'Effect':'Allow','Action':'s3:*','NotResource':[]}",
                "{'Effect':'Allow','Principal':'*','Action':'s3:*','Resource':'*'}",
                "{'Effect':'Maybe','Action':'s3:*','Resource':'*'}",
                "{'Effect':'Allow','Action':'s3:*'}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'arn:aws:s3:::${aws:username}'}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringContains':{'s3:prefix':'a'}}}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'NullIfExists':{'s3:prefix':'true'}}}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'StringEquals':{'s3:prefix':'${aws:username}'}}}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'NumericLessThan':{'s3:max-keys':'many'}}}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'DateLessThan':{'aws:CurrentTime':'today'}}}",
                "{'Effect':'Allow','Action':'s3:*','Resource':'*','Condition':{'IpAddress':{'aws:SourceIp':'10.0.0.0/40'}}}",
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
