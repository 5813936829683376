package dev.tocsin.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.tocsin.schemas.serde.SchemaRegistry;
import dev.tocsin.service.KafkaSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The rooms of DESIGN section 2: within a module arrows point one way.
class RoomsTest {
    /// A package is a room, also one inside another, and the module's own.
    private record Rooms(String module) implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            var name = type.getPackageName();
            return name.equals(module) || name.startsWith(module + ".")
                    ? SliceIdentifier.of(name)
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "the rooms of " + module;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dev.tocsin.agent",
                "dev.tocsin.notifier",
                "dev.tocsin.page",
                "dev.tocsin.standalone"
            })
    void noRoomNeedsOneThatNeedsIt(String module) {
        slices().assignedFrom(new Rooms(module))
                .should()
                .beFreeOfCycles()
                .check(
                        new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages(module));
    }

    /// What decides in the notifier knows no Kafka, clock, thread or logger.
    @Test
    void whatDecidesIsPure() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.tocsin.notifier.route..", "dev.tocsin.notifier.mailbox..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "org.slf4j..",
                        "java.util.concurrent..",
                        "dev.tocsin.service..")
                .orShould()
                .callMethod(Instant.class, "now")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(InstantSource.class, Clock.class, Thread.class)
                .check(
                        new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("dev.tocsin.notifier"));
    }

    /// What one part of a service knows of the registry all its parts know: none asks with settings alone.
    @Test
    void aServiceSharesOneClientOfTheRegistry() {
        noClasses()
                .should()
                .callConstructor(SchemaRegistry.class, Map.class)
                .orShould()
                .callMethod(KafkaSettings.class, "properties")
                .check(
                        new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages(
                                        "dev.tocsin.agent",
                                        "dev.tocsin.incident",
                                        "dev.tocsin.notifier",
                                        "dev.tocsin.page"));
    }
}
