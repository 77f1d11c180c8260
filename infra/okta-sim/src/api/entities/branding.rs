//! What people see: brands, pages, themes, mails, messages, domains.

use serde_json::{Value, json};

use crate::api::endpoint_context::{EndpointContext, Served, linked, one, whole};
use crate::api::error::ApiError;
use crate::api::page::{Listing, Paging};

/// `GET /api/v1/brands`.
pub(crate) fn brands<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = brand_id(context);
    let path = format!("/api/v1/brands/{id}");
    let brand = json!({
        "id": id,
        "name": "Acme",
        "isDefault": true,
        "agreeToCustomPrivacyPolicy": false,
        "customPrivacyPolicyUrl": null,
        "removePoweredByOkta": false,
        "emailDomainId": context.org.single_id("OeD", 0),
        "locale": "en",
        "defaultApp": {"appInstanceId": null, "appLinkName": null},
        "_links": {"self": context.href(&path), "themes": context.href(&format!("{path}/themes"))},
    });
    linked(vec![brand], 20, 200)
}

fn brand_id(context: &EndpointContext<'_>) -> String {
    context.org.single_id("bnd", 0)
}

fn of_brand(context: &EndpointContext<'_>) -> Result<String, ApiError> {
    if context.id(0) == brand_id(context) {
        Ok(format!("/api/v1/brands/{}", context.id(0)))
    } else {
        Err(context.not_found(0, "Brand"))
    }
}

/// `GET /api/v1/brands/{id}/pages/sign-in`: links to the pages.
pub(crate) fn sign_in_page<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let path = format!("{}/pages/sign-in", of_brand(context)?);
    let link = |name: &str| context.href(&format!("{path}/{name}"));
    one(json!({"_links": {
        "self": context.href(&path), "customized": link("customized"), "default": link("default"), "preview": link("preview"),
    }}))
}

/// `GET /api/v1/brands/{id}/pages/sign-in/customized`: in a bad org, with a foreign script and no policy.
pub(crate) fn customized_page<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let path = format!("{}/pages/sign-in/customized", of_brand(context)?);
    let script = context.pick("", "", "<script src=\"https://cdn.example/widget.js\"></script>");
    one(json!({
        "pageContent": format!("<!DOCTYPE html><html><head>{script}<title>{{{{pageTitle}}}}</title></head><body></body></html>"),
        "widgetVersion": context.pick("^7", "^7", "5.16"),
        "widgetCustomizations": {"signInLabel": "Sign In", "widgetGeneration": "G3", "showPasswordVisibilityToggle": true},
        "contentSecurityPolicySetting": {"mode": context.pick("enforced", "report_only", "report_only"), "reportUri": "", "srcList": []},
        "_links": context.itself(&path),
    }))
}

/// `GET /api/v1/brands/{id}/themes`.
pub(crate) fn themes<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("thd", 0);
    let path = format!("{}/themes/{id}", of_brand(context)?);
    whole(vec![json!({
        "id": id,
        "logo": context.url("/img/logos/okta-logo.png"),
        "favicon": context.url("/img/icons/favicon.ico"),
        "backgroundImage": null,
        "primaryColorHex": "#1662dd",
        "primaryColorContrastHex": "#ffffff",
        "secondaryColorHex": "#ebebed",
        "secondaryColorContrastHex": "#000000",
        "signInPageTouchPointVariant": "OKTA_DEFAULT",
        "endUserDashboardTouchPointVariant": "OKTA_DEFAULT",
        "errorPageTouchPointVariant": "OKTA_DEFAULT",
        "emailTemplateTouchPointVariant": "OKTA_DEFAULT",
        "loadingPageTouchPointVariant": "OKTA_DEFAULT",
        "_links": context.itself(&path),
    })])
}

/// Names of mails.
const MAILS: [&str; 4] = ["ForgotPassword", "NewSignOnNotification", "UserActivation", "UserLockedOut"];

/// `GET /api/v1/brands/{id}/templates/email`.
pub(crate) fn email_templates<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let path = format!("{}/templates/email", of_brand(context)?);
    let template = |name: &str| json!({"name": name, "_links": context.itself(&format!("{path}/{name}"))});
    linked(MAILS.into_iter().map(template).collect(), 20, 200)
}

/// `GET /api/v1/templates/sms`.
pub(crate) fn sms_templates<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let members = json!({
        "name": "Custom", "type": "SMS_VERIFY_CODE", "template": "${org.name}: your code is ${code}", "translations": {"de": "${org.name}: ${code}"},
    });
    whole(vec![context.object("cst", 0, "/api/v1/templates/sms", members)])
}

/// `GET /api/v1/domains`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn domains<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let id = context.org.single_id("OcD", 0);
    let domain = json!({
        "id": id,
        "domain": "id.acme.example",
        "brandId": brand_id(context),
        "certificateSourceType": context.pick("OKTA_MANAGED", "OKTA_MANAGED", "MANUAL"),
        "validationStatus": context.pick("COMPLETED", "COMPLETED", "FAILED_TO_VERIFY"),
        "dnsRecords": [{"fqdn": "id.acme.example", "recordType": "CNAME", "values": ["acme.customdomains.okta.com"], "expiration": null}],
        "publicCertificate": {"subject": "CN=id.acme.example", "fingerprint": crate::id::hex(7, 40), "expiration": context.days_ago(context.pick(-60, -60, -3))},
        "_links": context.itself(&format!("/api/v1/domains/{id}")),
    });
    Ok(Served::Listing(Listing::of(vec![domain]), Paging::WholeIn("domains")))
}

/// `GET /api/v1/email-domains`.
pub(crate) fn email_domains<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    whole(vec![json!({
        "id": context.org.single_id("OeD", 0),
        "domain": "acme.example",
        "displayName": "Acme",
        "userName": "noreply",
        "validationStatus": context.pick("VERIFIED", "VERIFIED", "NOT_STARTED"),
        "validationSubdomain": "mail",
        "dnsValidationRecords": [{"fqdn": "_oktaverification.acme.example", "recordType": "TXT", "verificationValue": "simulated"}],
    })])
}

/// `GET /api/v1/email-servers`.
#[allow(clippy::unnecessary_wraps)] // As endpoints answer.
pub(crate) fn email_servers<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let server = json!({
        "id": context.org.single_id("emx", 0), "alias": "Own relay", "host": "smtp.acme.example", "port": 587,
        "username": "okta", "enabled": context.pick(false, false, true), "authType": "BASIC_SMTP_AUTH",
    });
    Ok(Served::Listing(Listing::of(vec![server]), Paging::WholeIn("email-servers")))
}

/// `GET /api/v1/telephony-providers`.
pub(crate) fn telephony<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let settings = json!({"call": {"twilioCallerId": "+15550100"}, "sms": {"twilioPhoneNumber": "+15550100"}});
    whole(vec![json!({
        "id": context.org.single_id("tlp", 0), "providerName": "TWILIO", "providerSid": "AC0", "enabled": true,
        "isPrimaryProvider": true, "providerCapability": "ALL", "providerSettings": settings,
        "_links": context.itself("/api/v1/telephony-providers"),
    })])
}

/// `GET /api/v1/dr/status`.
pub(crate) fn disaster_recovery<'a>(context: &'a EndpointContext<'a>) -> Result<Served<'a>, ApiError> {
    let domain = format!("{}.okta.com", context.org.tenant());
    let status: Vec<Value> = [domain.as_str(), "id.acme.example"]
        .iter()
        .map(|domain| json!({"domain": domain, "isFailedOver": false}))
        .collect();
    one(json!({"status": status}))
}
