package dev.tocsin.incident;

import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethod;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import dev.tocsin.incident.engine.check.CheckState;
import dev.tocsin.incident.engine.check.Decision;
import java.time.Clock;
import java.time.Instant;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RoomsTest {
    private static final ArchCondition<JavaClass> ASK_A_CLOCK =
            callMethod(Instant.class, "now")
                    .or(callMethod(System.class, "currentTimeMillis"))
                    .or(callMethod(System.class, "nanoTime"));

    private static final com.tngtech.archunit.core.domain.JavaClasses ENGINE =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.tocsin.incident.engine");

    private static final com.tngtech.archunit.core.domain.JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.tocsin.incident");

    @Test
    void theEngineSeesOnlyTheJdkAndItself() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify..", "dev.tocsin.incident.engine..")
                .check(ENGINE);
    }

    @Test
    void theEngineAsksNoClockAndNoDice() {
        noClasses()
                .should(ASK_A_CLOCK)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Clock.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .check(ENGINE);
    }

    /// A decision is judged of a state.
    @Test
    void theStateOfACheckKnowsNothingOfWhatIsDecidedOnIt() {
        noClasses()
                .that()
                .haveFullyQualifiedName(CheckState.class.getName())
                .should()
                .dependOnClassesThat()
                .haveNameMatching(Pattern.quote(Decision.class.getName()) + "($|\\$.*)")
                .check(ENGINE);
    }

    /// DESIGN section 2: who may know whom, from the top down.
    @Test
    void theArrowsBetweenTheRoomsPointDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("wiring")
                .definedBy("dev.tocsin.incident")
                .layer("stream")
                .definedBy("dev.tocsin.incident.stream")
                .layer("partition")
                .definedBy("dev.tocsin.incident.partition")
                .layer("wire")
                .definedBy("dev.tocsin.incident.wire")
                .layer("engine")
                .definedBy("dev.tocsin.incident.engine..")
                .whereLayer("wiring")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("stream")
                .mayOnlyBeAccessedByLayers("wiring")
                .whereLayer("partition")
                .mayOnlyBeAccessedByLayers("wiring", "stream")
                .whereLayer("wire")
                .mayOnlyBeAccessedByLayers("wiring", "stream", "partition")
                .check(ALL);
    }

    /// What [dev.tocsin.incident.partition.Rehearsal] plays is what runs.
    @Test
    void aPartitionKnowsNoKafkaAndAsksNoClock() {
        noClasses()
                .that()
                .resideInAPackage("dev.tocsin.incident.partition..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "org.slf4j..")
                .orShould(ASK_A_CLOCK)
                .check(ALL);
    }

    @Test
    void noTwoRoomsKnowEachOther() {
        slices().matching("dev.tocsin.incident.(**)").should().beFreeOfCycles().check(ALL);
    }
}
