package dev.tocsin.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The directions of DESIGN section 2.
class ModulesTest {
    private static final JavaClasses ALL =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.tocsin");

    @Test
    void theServicesNeverSeeEachOther() {
        slices().matching("dev.tocsin.(agent|incident|notifier|page)..")
                .should()
                .notDependOnEachOther()
                .check(ALL);
    }

    @Test
    void serviceKnowsNoDomainAndSchemasKnowNobody() {
        noClasses()
                .that()
                .resideInAPackage("dev.tocsin.service..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.tocsin.schemas..",
                        "dev.tocsin.agent..",
                        "dev.tocsin.incident..",
                        "dev.tocsin.notifier..",
                        "dev.tocsin.page..")
                .check(ALL);
        noClasses()
                .that()
                .resideInAPackage("dev.tocsin.schemas..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.tocsin.service..",
                        "dev.tocsin.agent..",
                        "dev.tocsin.incident..",
                        "dev.tocsin.notifier..",
                        "dev.tocsin.page..")
                .check(ALL);
    }

    @Test
    void namesSayWhatAClassDoes() {
        noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)").check(ALL);
    }
}
