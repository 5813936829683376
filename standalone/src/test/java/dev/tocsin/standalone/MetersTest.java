package dev.tocsin.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Whoever reads `/metrics` finds a HELP and a TYPE line for each: a meter without a description has an empty one.
class MetersTest {
    private static final JavaClasses OURS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.tocsin");

    private static final Set<String> SHORT = Set.of("counter", "gauge", "timer", "summary");

    @Test
    void noMeterIsMadeByAWayThatTakesNoDescription() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.tocsin.standalone.bench..") // nobody scrapes those
                .should()
                .callMethodWhere(
                        DescribedPredicate.describe(
                                "makes a meter without a description",
                                (JavaMethodCall call) ->
                                        call.getTargetOwner().isAssignableTo(MeterRegistry.class)
                                                && SHORT.contains(call.getName())))
                .check(OURS);
    }

    @Test
    void everyMeterIsDescribed() {
        for (var type : OURS) {
            assertThat(calls(type, "description"))
                    .as(type.getName())
                    .isEqualTo(calls(type, "builder"));
        }
    }

    private static long calls(com.tngtech.archunit.core.domain.JavaClass type, String method) {
        return type.getMethodCallsFromSelf().stream()
                .filter(call -> call.getName().equals(method))
                .filter(call ->
                        call.getTargetOwner()
                                .getName()
                                .startsWith("io.micrometer.core.instrument."))
                .count();
    }
}
